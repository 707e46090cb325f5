// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.results;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestSummaryTest {
    private static final String SKIPPED = "<skipped type=\"org.opentest4j.TestAbortedException\"><![CDATA["
            + "org.opentest4j.TestAbortedException: lacks KERNEL: not <here>\n\tat dev.unraced]]></skipped>";

    @TempDir
    private Path tree;

    @Test
    void eachDriverHasALine() throws IOException {
        report(
                "driver-alpha",
                "<testcase name=\"one\" time=\"0.1\"/>",
                "<testcase name=\"two\">" + SKIPPED + "</testcase>");
        report(
                "driver-alpha",
                "<testcase name=\"three\">" + SKIPPED + "</testcase>",
                "<testcase name=\"four\" classname=\"a.b.Rules$C\"><failure message=\"&#10;not &lt;one&gt;&#10;  but two\">no\n"
                        + "</failure></testcase>",
                "<testcase name=\"five\" classname=\"a.b.Rules\"><error>no</error></testcase>",
                "<testcase name=\"six\"><system-out>&lt;failure&gt;</system-out></testcase>");
        report("driver-beta", "<testcase name=\"one\">" + SKIPPED + "</testcase>");
        test("driver-gamma", "GammaConformanceTest.java");
        test("driver-support", "OtherTest.java");

        assertThat(summary("driver-alpha", "driver-beta", "driver-gamma", "driver-support", "driver-none"))
                .isEqualTo("""
                          alpha    ran on this machine: 2 rules passed, 2 failed, 2 skipped
                                     failed: Rules$C.four: not <one> but two
                                     failed: Rules.five
                                     2 skipped: lacks KERNEL: not <here>
                          beta     NOT RUN: 0 rules passed, 0 failed, 1 skipped
                                     1 skipped: lacks KERNEL: not <here>
                          gamma    not run
                        """);
    }

    @Test
    void otherTestsAreNamedWhereTheyFail() throws IOException {
        report("driver-alpha", "<testcase name=\"one\"/>");
        Path folder = Files.createDirectories(tree.resolve("cli/target/surefire-reports"));
        Files.writeString(folder.resolve("TEST-a.FineTest.xml"), "<testsuite><testcase name=\"one\"/></testsuite>");
        Files.writeString(
                folder.resolve("TEST-a.OtherTest.xml"),
                "<testsuite><testcase name=\"one\" classname=\"a.OtherTest\">"
                        + "<error message=\"no\"/></testcase></testsuite>");
        Files.writeString(folder.resolve("TEST-a.TornTest.xml"), "<testsuite>");

        assertThat(summary("cli", "driver-alpha")).isEqualTo("""
                  alpha    ran on this machine: 1 rules passed, 0 failed, 0 skipped
                Other tests that failed:
                  cli: OtherTest.one: no
                  cli: unreadable: TEST-a.TornTest.xml
                """);
    }

    @Test
    void aReportThatIsHalfWrittenHidesNoOther() throws IOException {
        report("driver-alpha", "<testcase name=\"one\"/>", "<testcase name=\"two\">");
        report("driver-alpha", "<testcase name=\"three\"/>");
        report("driver-beta", "<testcase name=\"one\"/>");

        assertThat(summary("driver-alpha", "driver-beta")).isEqualTo("""
                  alpha    ran on this machine: 3 rules passed, 0 failed, 0 skipped
                             unreadable: TEST-AConformanceTest2.xml
                  beta     ran on this machine: 1 rules passed, 0 failed, 0 skipped
                """);
    }

    @Test
    void itRunsFromItsSourceAlone() throws IOException, InterruptedException {
        report("driver-alpha", "<testcase name=\"one\" time=\"0.1\"/>");
        Path source = Path.of("src/main/java/dev/unraced/lab/results/TestSummary.java");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        source.toString(),
                        tree.resolve("driver-alpha").toString())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        assertThat(printed).isEqualTo("  alpha    ran on this machine: 1 rules passed, 0 failed, 0 skipped\n");
    }

    private String summary(String... modules) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TestSummary.print(
                List.of(modules).stream().map(tree::resolve).toList(),
                new PrintStream(out, true, StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }

    private void report(String module, String... cases) throws IOException {
        test(module, "AConformanceTest.java");
        Path folder = Files.createDirectories(tree.resolve(module).resolve("target/surefire-reports"));
        Path report = folder.resolve("TEST-AConformanceTest" + cases.length + ".xml");
        Files.writeString(
                report,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite>\n" + String.join("\n", cases)
                        + "</testsuite>\n");
    }

    private void test(String module, String name) throws IOException {
        Path folder = Files.createDirectories(tree.resolve(module).resolve("src/test/java"));
        Files.writeString(folder.resolve(name), "");
    }
}
