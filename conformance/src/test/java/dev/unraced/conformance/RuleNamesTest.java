// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.harness.RuleByLength;
import dev.unraced.conformance.rules.OpenConformance;
import dev.unraced.conformance.spec.RuleNumber;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestTemplate;
import org.junit.platform.commons.support.AnnotationSupport;

class RuleNamesTest {
    private static final Pattern NAME = Pattern.compile("r\\d\\d_\\d+_[a-z]\\w+");
    private static final Pattern SPECIFIED = Pattern.compile("(?m)^\\*\\*(R\\d+\\.\\d+)\\*\\* (MUST|SHOULD)");

    @Test
    void aRuleIsFinalAndPublicAndBearsItsNumber() {
        assertThat(rules()).isNotEmpty().allSatisfy(rule -> {
            assertThat(rule.getName()).matches(NAME);
            assertThat(Modifier.isFinal(rule.getModifiers())).as(rule.getName()).isTrue();
            assertThat(Modifier.isPublic(rule.getModifiers()))
                    .as(rule.getName())
                    .isTrue();
            assertThat(sentences(rule))
                    .as(rule.getName())
                    .singleElement()
                    .asString()
                    .as("a sentence whose number stands in %s", rule.getName())
                    .isNotBlank()
                    .doesNotStartWithWhitespaces()
                    .doesNotMatch("R\\d.*")
                    .as("a sentence with a subject of its own in %s", rule.getName())
                    .doesNotMatch("(So|Nor|Of|What|Whose|Where|Whether) .*");
        });
    }

    @Test
    void everyClassOfRulesIsInTheSuite() {
        assertThat(new ClassFileImporter()
                        .importPackagesOf(OpenConformance.class).stream()
                                .filter(type -> !type.isMemberClass() && type.isAssignableTo(DriverConformance.class))
                                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                                .map(JavaClass::getName))
                .containsExactlyInAnyOrderElementsOf(
                        classes(ConformanceSuite.class).map(Class::getName).toList());
    }

    @Test
    void everyRuleOfTheSpecificationHasATestAndNoTestAnother() throws IOException {
        assertThat(specified())
                .containsExactlyInAnyOrderElementsOf(ConformanceRunner.rules().stream()
                        .map(RuleNumber::toString)
                        .toList());
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

    private static Set<String> specified() throws IOException {
        String spec = Files.readString(Path.of("..", "docs", "spec.md"));
        return SPECIFIED.matcher(spec).results().map(match -> match.group(1)).collect(Collectors.toSet());
    }

    private static Stream<Method> rules() {
        return classes(ConformanceSuite.class)
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(method -> AnnotationSupport.isAnnotated(method, Test.class)
                        || AnnotationSupport.isAnnotated(method, TestTemplate.class));
    }

    private static Stream<String> sentences(Method rule) {
        return Stream.concat(
                Arrays.stream(rule.getAnnotationsByType(Rule.class)).map(Rule::value),
                Arrays.stream(rule.getAnnotationsByType(RuleByLength.class)).map(RuleByLength::value));
    }

    /** Returns the classes of rules of a suite or a group, with those of the groups within. */
    private static Stream<Class<?>> classes(Class<?> around) {
        return Arrays.stream(around.getDeclaredClasses())
                .filter(group -> group.isAnnotationPresent(Nested.class))
                .<Class<?>>map(Class::getSuperclass)
                .flatMap(type -> Stream.concat(Stream.of(type), classes(type)));
    }
}
