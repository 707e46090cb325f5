// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names that {@code record.h} declares. The parser knows only the C of that header and refuses other syntax, so
 * that it overlooks no declaration.
 *
 * @param structs the members of each struct; those of a union count as the struct's own
 * @param enums the constants of each enum
 * @param constants the macros that have a value
 */
record RecordHeader(Map<String, List<String>> structs, Map<String, List<String>> enums, List<String> constants) {
    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/", Pattern.DOTALL);
    private static final Pattern DEFINE = Pattern.compile("(?m)^#define[ \\t]+(\\w+)[ \\t]+\\S.*$");
    private static final Pattern DIRECTIVE = Pattern.compile("(?m)^#.*$");
    private static final Pattern BLOCK =
            Pattern.compile("(struct|enum)\\s+unraced_(\\w+)\\s*\\{((?:[^{}]|\\{[^{}]*\\})*)\\}\\s*;");
    private static final Pattern UNION = Pattern.compile("union\\s*\\{([^{}]*)\\}\\s*;");
    private static final Pattern MEMBER =
            Pattern.compile("(?:__[us]\\d+|struct\\s+unraced_\\w+)\\s+(\\w+)\\s*(?:\\[\\w+\\])?");
    private static final Pattern CONSTANT = Pattern.compile("(\\w+)\\s*=\\s*[\\w\\s<]+");

    static RecordHeader parse(String text) {
        String code = COMMENT.matcher(text).replaceAll(" ");
        List<String> constants = new ArrayList<>();
        Matcher define = DEFINE.matcher(code);
        while (define.find()) {
            constants.add(define.group(1));
        }
        code = DIRECTIVE.matcher(code).replaceAll("");
        Map<String, List<String>> structs = new LinkedHashMap<>();
        Map<String, List<String>> enums = new LinkedHashMap<>();
        Matcher block = BLOCK.matcher(code);
        while (block.find()) {
            if (block.group(1).equals("struct")) {
                String members = UNION.matcher(block.group(3)).replaceAll("$1");
                structs.put(block.group(2), names(MEMBER, members, ";"));
            } else {
                enums.put(block.group(2), names(CONSTANT, block.group(3), ","));
            }
        }
        String rest = block.replaceAll("").strip();
        if (!rest.isEmpty()) {
            throw new IllegalArgumentException("declarations that this parser does not know: " + rest);
        }
        return new RecordHeader(structs, enums, constants);
    }

    private static List<String> names(Pattern pattern, String declarations, String separator) {
        List<String> names = new ArrayList<>();
        for (String declaration : declarations.split(separator, -1)) {
            String text = declaration.strip();
            if (text.isEmpty()) {
                continue;
            }
            Matcher matcher = pattern.matcher(text);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("a declaration that this parser does not know: " + text);
            }
            names.add(matcher.group(1));
        }
        return names;
    }
}
