// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A Kubernetes pod, as the node's container runtime tells of it: as the pod was when it was made on this node. Whoever
 * may make pods chooses these texts, labels above all. Immutable.
 *
 * @param name its name
 * @param namespace its namespace
 * @param uid its uid
 * @param labels its labels in the order of their keys; at most {@value #MOST_LABELS}, of {@value #MOST_CHARACTERS}
 *     characters together
 * @param omittedLabels the number of further labels
 */
public record Pod(String name, String namespace, String uid, SortedMap<String, String> labels, int omittedLabels) {
    /** The most labels that are kept of a pod. */
    public static final int MOST_LABELS = 32;
    /** The most characters that these labels have together, keys and values. */
    public static final int MOST_CHARACTERS = 4_096;

    /** Returns a pod with as many of its labels as are kept, in the order of their keys. */
    public static Pod of(String name, String namespace, String uid, Map<String, String> labels) {
        SortedMap<String, String> kept = new TreeMap<>();
        int characters = 0;
        for (Map.Entry<String, String> label : new TreeMap<>(labels).entrySet()) {
            int more = label.getKey().length() + label.getValue().length();
            if (kept.size() < MOST_LABELS && characters + more <= MOST_CHARACTERS) {
                kept.put(label.getKey(), label.getValue());
                characters += more;
            }
        }
        return new Pod(
                ContainerDetails.bounded(name),
                ContainerDetails.bounded(namespace),
                ContainerDetails.bounded(uid),
                Collections.unmodifiableSortedMap(kept),
                labels.size() - kept.size());
    }
}
