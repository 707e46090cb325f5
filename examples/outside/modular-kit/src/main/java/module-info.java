// SPDX-License-Identifier: Apache-2.0
/** The conformance kit on the module path. */
module org.example.modularkit {
    requires dev.unraced.conformance;
}
