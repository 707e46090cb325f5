// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The normal form makes equal addresses equal. */
class AddressesTest {
    private static final String GLOBAL = "0a0007d10000000020010db8000000000000000000000001";
    private static final String LINK_LOCAL = "0a0007d100000000fe800000000000000000000000000001";

    @Test
    void paddingAndFlowLabelsMakeNoDifference() {
        assertThat(Addresses.normal("020003e80a0901010000000000000000"))
                .isEqualTo(Addresses.normal("020003e80a090101ffffffffffffffff"));
        assertThat(Addresses.normal(GLOBAL + "01000000"))
                .isEqualTo(Addresses.normal(GLOBAL.replace("d100000000", "d1000000ff") + "02000000"));
    }

    @Test
    void aScopeCountsWhereTheAddressNeedsOne() {
        assertThat(Addresses.normal(LINK_LOCAL + "01000000")).isNotEqualTo(Addresses.normal(LINK_LOCAL + "02000000"));
    }

    @Test
    void noNameIsNoAddress() {
        assertThat(Addresses.normal("")).isEmpty();
        assertThat(Addresses.normal("0100")).isEmpty();
        assertThat(Addresses.normal("00000000000000000000000000000000")).isEmpty();
    }
}
