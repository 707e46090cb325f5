// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/**
 * All rules. A driver's author extends this class and says which driver:
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

    /** Opens of files. */
    @Nested
    public class Open extends OpenConformance {}

    /** Connects. */
    @Nested
    public class Connect extends ConnectConformance {}

    /** What is kept between entry and return. */
    @Nested
    public class Stash extends StashConformance {}

    /** Arguments that change while the call runs. */
    @Nested
    public class Attack extends AttackConformance {}

    /** The kernel's own copy. */
    @Nested
    public class Kernel extends KernelConformance {}

    /** The claim beside the truth. */
    @Nested
    public class Truth extends TruthConformance {}

    /** What an event asserts of a call's objects. */
    @Nested
    public class Assertion extends AssertionConformance {}

    /** Many calls at once. */
    @Nested
    public class Order extends OrderConformance {}

    /** What is left out at the source. */
    @Nested
    public class Filter extends FilterConformance {}

    /** Entries as events of their own. */
    @Nested
    public class Enter extends EnterConformance {}

    /** Opening, switching, consuming and closing. */
    @Nested
    public class Lifecycle extends LifecycleConformance {}
}
