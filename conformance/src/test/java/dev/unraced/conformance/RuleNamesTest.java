// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.rules.AssertionConformance;
import dev.unraced.conformance.rules.AttackConformance;
import dev.unraced.conformance.rules.ConnectConformance;
import dev.unraced.conformance.rules.EnterConformance;
import dev.unraced.conformance.rules.FilterConformance;
import dev.unraced.conformance.rules.FloodConformance;
import dev.unraced.conformance.rules.KernelConformance;
import dev.unraced.conformance.rules.LifecycleConformance;
import dev.unraced.conformance.rules.OpenConformance;
import dev.unraced.conformance.rules.OrderConformance;
import dev.unraced.conformance.rules.StashConformance;
import dev.unraced.conformance.rules.TruthConformance;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RuleNamesTest {
    private static final List<Class<?>> CLASSES = List.of(
            OpenConformance.class,
            ConnectConformance.class,
            StashConformance.class,
            AttackConformance.class,
            KernelConformance.class,
            TruthConformance.class,
            AssertionConformance.class,
            OrderConformance.class,
            FilterConformance.class,
            FloodConformance.class,
            EnterConformance.class,
            LifecycleConformance.class);
    private static final Pattern NAME = Pattern.compile("r(\\d\\d)_(\\d+)_[a-z]\\w+");
    private static final Pattern SPECIFIED = Pattern.compile("(?m)^\\*\\*(R\\d+\\.\\d+)\\*\\* (MUST|SHOULD)");

    @Test
    void aRuleIsFinalAndPublicAndBearsItsNumber() {
        assertThat(rules()).allSatisfy(rule -> {
            Matcher name = NAME.matcher(rule.getName());
            assertThat(name.matches()).as(rule.getName()).isTrue();
            assertThat(Modifier.isFinal(rule.getModifiers())).as(rule.getName()).isTrue();
            assertThat(Modifier.isPublic(rule.getModifiers()))
                    .as(rule.getName())
                    .isTrue();
            assertThat(rule.getAnnotation(DisplayName.class).value())
                    .startsWith("R" + Integer.parseInt(name.group(1)) + "." + name.group(2) + " ");
        });
    }

    @Test
    void everyRuleOfTheKitIsSpecified() throws IOException {
        assertThat(specified()).containsAll(numbers());
    }

    @Test
    void theReportHasTheChaptersOfTheSpecification() throws IOException {
        String spec = Files.readString(Path.of("..", "docs", "spec.md"));
        assertThat(IntStream.rangeClosed(1, Chapter.TITLES.size()).mapToObj(Chapter::heading))
                .containsExactlyElementsOf(Pattern.compile("(?m)^## (\\d+\\. .*)$")
                        .matcher(spec)
                        .results()
                        .map(match -> match.group(1))
                        .toList());
    }

    private static Set<String> numbers() {
        return rules().map(rule -> rule.getAnnotation(DisplayName.class).value())
                .map(title -> title.substring(0, title.indexOf(' ')))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> specified() throws IOException {
        String spec = Files.readString(Path.of("..", "docs", "spec.md"));
        return SPECIFIED.matcher(spec).results().map(match -> match.group(1)).collect(Collectors.toSet());
    }

    private static Stream<Method> rules() {
        return CLASSES.stream()
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(Test.class));
    }
}
