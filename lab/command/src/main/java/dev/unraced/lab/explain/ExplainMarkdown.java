// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.explain;

import dev.unraced.cli.common.Paragraph;
import dev.unraced.explorer.TextStyle;
import dev.unraced.explorer.attack.Attack;
import dev.unraced.explorer.attack.AttackReport;
import dev.unraced.explorer.attack.AttackReport.Row;
import dev.unraced.explorer.attack.AttackTimeline;
import dev.unraced.explorer.attack.Mode;
import dev.unraced.explorer.attack.Verdict;
import java.util.List;
import java.util.Locale;

/** The page about attacks: {@code docs/reference/attacks.md}. */
public final class ExplainMarkdown {
    private static final int WIDTH = 120;

    private ExplainMarkdown() {}

    /** Returns the whole page. */
    public static String of(List<AttackReport> reports) {
        StringBuilder page = new StringBuilder("""
                # Attacks on observers

                `./unraced lab explain --markdown` writes this page; a test compares the two.

                Each attack is a few threads on the simulated kernel. The explorer runs them in every order that
                their steps can take, and compares each event with what the kernel did: **true**, the event says
                that; **warned**, it does not, but says that it may be wrong (CHANGED, DIFFERS, or a flag that names
                the reason, such as FD_TABLE_SHARED of an entry copy that the event's file does not prove; EXIT or
                UNCHECKED alone is no warning); **fooled**, it does not, and has no warning; **lied**, it does not,
                and says MATCH or KERNEL, which no driver may ever do.

                `off` reads arguments at the return, `stash` at entry, `kernel` takes the kernel's own copy;
                `naive` is `stash` without the defence that the attack is about.

                """);
        page.append("```text\n").append(ExplainText.summary(reports)).append("```\n");
        for (AttackReport report : reports) {
            attack(page, report);
        }
        return page.toString();
    }

    private static void attack(StringBuilder page, AttackReport report) {
        Attack attack = report.attack();
        line(page, "%n## %s: %s%n", attack.name(), attack.title());
        line(page, "%s%n", Paragraph.wrapped(attack.story()));
        line(page, "%s interleavings.%n", report.interleavings());
        line(page, "| mode | explored | true | warned | fooled | lied | what the event says, at worst |");
        line(page, "|---|---|---|---|---|---|---|");
        for (Row row : report.rows()) {
            line(
                    page,
                    "| `%s` | %d | %d | %d | %d | %d | %s |",
                    row.mode().label(),
                    row.executions(),
                    row.count(Verdict.TRUE),
                    row.count(Verdict.WARNED),
                    row.count(Verdict.FOOLED),
                    row.count(Verdict.LIED),
                    report.says(row.mode()).replace("|", "\\|"));
        }
        Mode shown = report.shown();
        line(page, "%n```text");
        page.append(AttackTimeline.of(attack, shown, report.execution(shown)).text(WIDTH, TextStyle.UTF_8));
        line(page, "```");
    }

    private static void line(StringBuilder page, String format, Object... values) {
        page.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
