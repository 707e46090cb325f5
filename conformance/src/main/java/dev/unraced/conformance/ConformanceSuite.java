// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.rules.AssertionConformance;
import dev.unraced.conformance.rules.AttackConformance;
import dev.unraced.conformance.rules.CgroupConformance;
import dev.unraced.conformance.rules.ConnectConformance;
import dev.unraced.conformance.rules.EnterConformance;
import dev.unraced.conformance.rules.ExecutableFilterConformance;
import dev.unraced.conformance.rules.FilterConformance;
import dev.unraced.conformance.rules.FloodConformance;
import dev.unraced.conformance.rules.KernelConformance;
import dev.unraced.conformance.rules.LifecycleConformance;
import dev.unraced.conformance.rules.OpenConformance;
import dev.unraced.conformance.rules.OrderConformance;
import dev.unraced.conformance.rules.PrivilegeConformance;
import dev.unraced.conformance.rules.ProcessConformance;
import dev.unraced.conformance.rules.ProofConformance;
import dev.unraced.conformance.rules.StashConformance;
import dev.unraced.conformance.subject.DriverUnderTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/**
 * The suite of all rules. A driver's author extends this class and says which driver:
 *
 * <pre>{@code
 * class MyDriverConformanceTest extends ConformanceSuite {
 *     @Override
 *     public Driver driver() {
 *         return new MyDriver();
 *     }
 * }
 * }</pre>
 *
 * A driver that cannot run here skips everything with its reason, unless the environment variable
 * {@code UNRACED_REQUIRE} lists its name: then it fails. A rule is skipped only when
 * {@link dev.unraced.driver.Driver#capabilities()} denies what it {@linkplain Requires requires}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ConformanceSuite implements DriverUnderTest {

    protected ConformanceSuite() {}

    /** Rules about opens of files. */
    @Nested
    public class Open extends OpenConformance {}

    /** Rules about connects. */
    @Nested
    public class Connect extends ConnectConformance {}

    /** Rules about what a driver keeps between entry and return. */
    @Nested
    public class Stash extends StashConformance {}

    /** Rules about arguments that change while the call runs. */
    @Nested
    public class Attack extends AttackConformance {}

    /** Rules about the kernel's own copy. */
    @Nested
    public class Kernel extends KernelConformance {}

    /** Rules about how arguments compare with objects. */
    @Nested
    public class Proof extends ProofConformance {}

    /** Rules about what an event asserts of a call's objects. */
    @Nested
    public class Assertion extends AssertionConformance {}

    /** Rules about many calls at once. */
    @Nested
    public class Order extends OrderConformance {}

    /** Rules about what filters leave out at the source. */
    @Nested
    public class Filter extends FilterConformance {}

    /** Rules about the filter by executable. */
    @Nested
    public class ExecutableFilter extends ExecutableFilterConformance {}

    /** Rules about a flood of calls by others. */
    @Nested
    public class Flood extends FloodConformance {}

    /** Rules about enter events. */
    @Nested
    public class Enter extends EnterConformance {}

    /** Rules about process events. */
    @Nested
    public class Processes extends ProcessConformance {}

    /** Rules about the cgroups of processes, and their containers. */
    @Nested
    public class Cgroups extends CgroupConformance {}

    /** The rule about the privileges that programs give. */
    @Nested
    public class Privileges extends PrivilegeConformance {}

    /** Rules about opening, switching, consuming and closing. */
    @Nested
    public class Lifecycle extends LifecycleConformance {}
}
