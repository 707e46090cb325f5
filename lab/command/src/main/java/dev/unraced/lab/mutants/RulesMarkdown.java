// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.mutants;

import dev.unraced.conformance.ConformanceSuite;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.harness.RuleByLength;
import dev.unraced.conformance.harness.RuleExtension;
import dev.unraced.conformance.harness.Stochastic;
import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.conformance.spec.RuleNumber;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;

/**
 * The page {@code docs/reference/rules.md}: what tests each rule, what it needs, which mutants break it, and its code.
 */
public final class RulesMarkdown {
    private static final Pattern NAME = Pattern.compile("r(\\d\\d)_(\\d+)_.*");

    /** The kit's tests of a rule. */
    private static final class Tests {
        private final List<String> sentences = new ArrayList<>();
        private final Set<String> classes = new TreeSet<>();
        private final Set<String> needs = new TreeSet<>();
        private boolean isStochastic;
    }

    private RulesMarkdown() {}

    /** Returns the page, with these mutants and this code. */
    public static String of(Collection<Mutant> mutants, RuleCode code) {
        Map<RuleNumber, Tests> rules = new TreeMap<>();
        classes(ConformanceSuite.class)
                .sorted(Comparator.comparing(Class::getName))
                .forEach(type -> Arrays.stream(type.getDeclaredMethods())
                        .sorted(Comparator.comparing(Method::getName))
                        .forEach(method -> add(rules, type, method)));
        StringBuilder page = new StringBuilder("""
                # What tests each rule

                `./unraced lab mutants --markdown` writes this page; a test compares the two. What a rule demands
                stands in [the specification](../spec.md). The sentences are those of the tests, as a report of
                `unraced conformance` has them. The name of a test begins with the number: `r02_33_` of R2.33,
                `r04_2_` of R4.2. A driver that declares to lack what stands under *needs* skips the test; where
                several tests have different needs, these are all of them. *Luck*: an attacker has to win a race.
                The [mutants](conformance.md#who-tests-the-kit) are simulators that break the rule, and are caught
                by it. [Where the code is](#where-the-code-is) has the files of the drivers.

                """);
        int chapter = 0;
        for (Map.Entry<RuleNumber, Tests> rule : rules.entrySet()) {
            if (rule.getKey().chapter() != chapter) {
                chapter = rule.getKey().chapter();
                page.append("%s## Chapter %d%n%n| rule | class | needs | mutants | tests |%n|---|---|---|---|---|%n"
                        .formatted(chapter == 1 ? "" : "\n", chapter));
            }
            page.append(row(rule.getKey(), rule.getValue(), mutants));
        }
        page.append("""

                ## Where the code is

                These files name the rule in a comment, at what keeps it, or at what begins to: most rules follow
                from the whole way of a call. `kernel` is the C of both kernel drivers, and the last column the Java
                of `api` and `driver-support`, which all drivers use. A driver with an empty cell has the rule from
                there, or declares to lack what it needs ([capabilities](capabilities.md)).

                | rule | `kernel` | `ebpf` | `kmod` | `gvisor` | `sim` | Java of all |
                |---|---|---|---|---|---|---|
                """);
        rules.keySet().forEach(rule -> page.append(code.row(rule)));
        return page.toString();
    }

    private static String row(RuleNumber number, Tests tests, Collection<Mutant> mutants) {
        String breakers = mutants.stream()
                .filter(mutant -> mutant.rules().contains(number.toString()))
                .map(Mutant::name)
                .sorted()
                .map(name -> "`" + name + "`")
                .collect(Collectors.joining(", "));
        return "| %s | %s | %s | %s | %s%s |%n"
                .formatted(
                        number,
                        String.join(", ", tests.classes),
                        tests.needs.stream().map(need -> "`" + need + "`").collect(Collectors.joining(", ")),
                        breakers,
                        tests.isStochastic ? "*Luck.* " : "",
                        tests.sentences.stream()
                                .map(sentence -> sentence.replace("|", "\\|").replace("*", "\\*") + ".")
                                .collect(Collectors.joining(" ")));
    }

    private static void add(Map<RuleNumber, Tests> rules, Class<?> type, Method method) {
        Matcher name = NAME.matcher(method.getName());
        Rule rule = method.getAnnotation(Rule.class);
        RuleByLength byLength = method.getAnnotation(RuleByLength.class);
        if (!name.matches() || (rule == null && byLength == null)) {
            return;
        }
        RuleNumber number = new RuleNumber(Integer.parseInt(name.group(1)), Integer.parseInt(name.group(2)));
        Tests tests = rules.computeIfAbsent(number, key -> new Tests());
        tests.sentences.add(rule == null ? byLength.value() : rule.value());
        tests.classes.add(link(type));
        tests.isStochastic |= method.isAnnotationPresent(Stochastic.class);
        needs(type, tests.needs);
        needs(method, tests.needs);
    }

    /** Returns a link from {@code docs/reference} to a class of the kit. */
    private static String link(Class<?> type) {
        return "[%s](../../conformance/src/main/java/%s.java)"
                .formatted(type.getSimpleName(), type.getName().replace('.', '/'));
    }

    private static void needs(AnnotatedElement element, Set<String> needs) {
        Requires requires = element.getAnnotation(Requires.class);
        if (requires != null) {
            RuleExtension.capabilities(requires).forEach(capability -> needs.add(capability.name()));
        }
    }

    /** Returns the classes of rules of a suite or a group, with those of the groups within. */
    private static Stream<Class<?>> classes(Class<?> around) {
        return Arrays.stream(around.getDeclaredClasses())
                .filter(group -> group.isAnnotationPresent(Nested.class))
                .<Class<?>>map(Class::getSuperclass)
                .flatMap(type -> Stream.concat(Stream.of(type), classes(type)));
    }
}
