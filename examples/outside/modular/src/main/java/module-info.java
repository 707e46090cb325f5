// SPDX-License-Identifier: Apache-2.0
/** An agent on the module path. */
module org.example.modular {
    requires dev.unraced.api;
}
