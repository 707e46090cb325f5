// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

/**
 * The columns of a line of text. Immutable.
 *
 * @param width the longest line, in characters; 0 for no limit
 * @param subSecondDigits how many digits of a second's fraction the time has: 0, 3 or 6
 * @param taskWidth characters of the caller
 * @param objectWidth characters of the path or the address; a longer one is cut in its middle, unless width is 0
 * @param hasDuration whether a column has the duration
 * @param hasDetails whether there are thread groups, a column for the flags of the open and the descriptor of the
 *     connect (else a sign has what the open may do), and whether device and inode follow the file that was really
 *     opened, and the own address the peer
 */
record TableLayout(
        int width, int subSecondDigits, int taskWidth, int objectWidth, boolean hasDuration, boolean hasDetails) {
    /** The columns where lines may have any length. */
    static final TableLayout WIDE = new TableLayout(0, 6, 24, 40, true, true);

    /** Below this width, flags and inodes have no room. */
    private static final int ROOMY = 140;
    /** Below this width, durations have none, either. */
    private static final int MEDIUM = 100;

    private static final int NARROWEST = 60;

    /** The characters of a line without the object, of each of the three. */
    private static final int ROOMY_REST = 95;

    private static final int MEDIUM_REST = 64;
    private static final int NARROW_REST = 53;
    /** Room for the marks that are usual. */
    private static final int MARKS = 16;

    /** Room for the file that was really opened, where there is much. */
    private static final int RESOLVED = 65;

    private static final int LONGEST_OBJECT = 72;
    private static final int SHORTEST_OBJECT = 40;

    /** Returns the columns for a terminal of a width; 0 for lines of any length. */
    static TableLayout of(int columns) {
        if (columns <= 0) {
            return WIDE;
        }
        int width = Math.max(NARROWEST, columns);
        if (width >= ROOMY) {
            return new TableLayout(width, 6, 24, object(width - ROOMY_REST - RESOLVED), true, true);
        }
        return width >= MEDIUM
                ? new TableLayout(width, 3, 20, Math.max(20, width - MEDIUM_REST - MARKS), true, false)
                : new TableLayout(width, 0, 16, Math.max(12, width - NARROW_REST), false, false);
    }

    private static int object(int room) {
        return Math.min(LONGEST_OBJECT, Math.max(SHORTEST_OBJECT, room));
    }
}
