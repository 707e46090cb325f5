// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.harness;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.platform.commons.support.AnnotationSupport;

/** Makes the name of a {@link Rule} or a {@link RuleByLength} from the number in its method's name and its sentence. */
final class RuleNames extends DisplayNameGenerator.Standard {
    private static final Pattern NUMBER = Pattern.compile("r0*(\\d+)_(\\d+)_\\w+");

    @Override
    public String generateDisplayNameForMethod(List<Class<?>> enclosing, Class<?> type, Method method) {
        return sentence(method)
                .map(sentence -> number(method.getName()) + " " + sentence)
                .orElseGet(() -> super.generateDisplayNameForMethod(enclosing, type, method));
    }

    private static Optional<String> sentence(Method method) {
        return AnnotationSupport.findAnnotation(method, Rule.class)
                .map(Rule::value)
                .or(() -> AnnotationSupport.findAnnotation(method, RuleByLength.class)
                        .map(RuleByLength::value));
    }

    private static String number(String method) {
        Matcher number = NUMBER.matcher(method);
        if (!number.matches()) {
            throw new IllegalStateException("the name of a rule begins with its number, as in r02_33_: " + method);
        }
        return "R" + number.group(1) + "." + number.group(2);
    }
}
