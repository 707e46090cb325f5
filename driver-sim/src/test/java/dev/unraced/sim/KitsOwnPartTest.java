// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.ConformanceRunner;
import dev.unraced.conformance.RulePattern;
import dev.unraced.conformance.RuleResult;
import dev.unraced.conformance.RuleResult.Status;
import dev.unraced.conformance.attack.AttackCorpus;
import dev.unraced.conformance.attack.AttackResult;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.subject.DriverUnderTest;
import dev.unraced.driver.ActorHost;
import dev.unraced.driver.Driver;
import dev.unraced.event.Mitigation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Tests what the kit says of a driver where the kit's own part fails: an attacker who is always too late, a broken
 * actor.
 */
class KitsOwnPartTest {
    private static final String UNKNOWN = "nonsense";

    @Test
    void aRuleWhoseRacesWereAllLostIsNotPlayed() {
        List<RuleResult> stochastic = judged("R2.15,R2.16,R2.17", KitsOwnPartTest::tooLate).stream()
                .filter(result -> result.races().isPresent())
                .toList();
        assertThat(stochastic)
                .hasSize(5)
                .allSatisfy(result -> {
                    assertThat(result.status()).as(result.toString()).isEqualTo(Status.NOT_PLAYED);
                    assertThat(result.races().orElseThrow().won())
                            .as(result.toString())
                            .isZero();
                })
                .filteredOn(result -> !result.rule().startsWith("R2.17"))
                .hasSize(4)
                .extracting(RuleResult::reason)
                .allMatch(reason -> reason.startsWith("the attacker lost all ")
                        || reason.equals("no attack of the rule could be played"));
    }

    @Test
    void anAttackWhoseRacesWereAllLostShowsNothing() {
        AttackResult lost = attacked("flip", KitsOwnPartTest::tooLate);
        assertThat(lost.status()).isEqualTo(AttackResult.Status.NEVER_WON);
        assertThat(lost.counts().won()).isZero();
        AttackResult won = attacked("flip", UnaryOperator.identity());
        assertThat(won.status()).isEqualTo(AttackResult.Status.HELD);
        assertThat(won.counts().won()).isPositive().isLessThan(won.counts().attempts());
    }

    @Test
    void anActorThatFailsIsTheKitsErrorAndBreaksNoRule() {
        UnaryOperator<String> broken = command -> command.startsWith("race ") ? UNKNOWN : command;
        assertThat(judged("R2.16", broken))
                .filteredOn(result -> result.rule().contains("No attack"))
                .singleElement()
                .satisfies(result -> {
                    assertThat(result.status()).isEqualTo(Status.ERROR);
                    assertThat(result.broken()).isEmpty();
                });
        AttackResult attack = attacked("flip", broken);
        assertThat(attack.status()).isEqualTo(AttackResult.Status.ERROR);
        assertThat(attack.reason()).contains("race name=openat");
    }

    @Test
    void anActorWithoutAUserOfItsOwnIsTheKitsError() {
        assertThat(judged("R6.2", command -> command.startsWith("user ") ? UNKNOWN : command))
                .isNotEmpty()
                .allSatisfy(result -> {
                    assertThat(result.status()).isEqualTo(Status.ERROR);
                    assertThat(result.reason()).endsWith("run the kit as root");
                });
    }

    @Test
    void aFileSystemWithoutTemporaryFilesCannotPlayTheirRule() {
        String temporary = "flags=" + (Linux.O_TMPFILE | Linux.O_RDWR);
        String directory = "flags=" + (Linux.O_DIRECTORY | Linux.O_RDWR);
        assertThat(judged("R2.23", command -> command.replace(temporary, directory)))
                .filteredOn(result -> result.rule().contains("without a name"))
                .singleElement()
                .satisfies(result -> {
                    assertThat(result.status()).isEqualTo(Status.NOT_PLAYED);
                    assertThat(result.reason()).contains("no O_TMPFILE");
                });
    }

    /** Makes the attacker act after the call's return, or swap two versions that are the same. */
    private static String tooLate(String command) {
        if (command.startsWith("flip")) {
            return command.replaceFirst(" b=\\S+", "") + command.replaceFirst(".* a=(\\S+).*", " b=$1");
        }
        return command.startsWith("race ")
                ? command.replaceFirst("aim=(loop|sweep|back|cold)\\b", "aim=late")
                : command;
    }

    private static List<RuleResult> judged(String rules, UnaryOperator<String> commands) {
        return ConformanceRunner.run(under(commands), RulePattern.of(rules), result -> {})
                .results();
    }

    private static AttackResult attacked(String attack, UnaryOperator<String> commands) {
        return AttackCorpus.run(
                under(commands), AttackCorpus.named(attack).orElseThrow(), Mitigation.STASH, 200, calls -> {});
    }

    private static DriverUnderTest under(UnaryOperator<String> commands) {
        SimKernel kernel = SimKernel.create();
        ActorHost host = new EditedActorHost(kernel.actorHost(), commands);
        return new DriverUnderTest() {
            @Override
            public Driver driver() {
                return kernel.driver();
            }

            @Override
            public Optional<ActorHost> actorHost() {
                return Optional.of(host);
            }

            @Override
            public Duration patience() {
                return Duration.ofSeconds(5);
            }

            @Override
            public double intensity() {
                return 0.02;
            }
        };
    }
}
