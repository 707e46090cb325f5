// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.harness;

import java.lang.reflect.Method;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGenerator;

/** Makes the name of a {@link Rule} from the number in its method's name and its sentence. */
final class RuleNames extends DisplayNameGenerator.Standard {
    private static final Pattern NUMBER = Pattern.compile("r0*(\\d+)_(\\d+)_\\w+");

    @Override
    public String generateDisplayNameForMethod(List<Class<?>> enclosing, Class<?> type, Method method) {
        Rule rule = method.getAnnotation(Rule.class);
        return rule == null
                ? super.generateDisplayNameForMethod(enclosing, type, method)
                : number(method.getName()) + " " + rule.value();
    }

    private static String number(String method) {
        Matcher number = NUMBER.matcher(method);
        if (!number.matches()) {
            throw new IllegalStateException("the name of a rule begins with its number, as in r02_33_: " + method);
        }
        return "R" + number.group(1) + "." + number.group(2);
    }
}
