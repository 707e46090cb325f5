// SPDX-License-Identifier: Apache-2.0
/** An agent on the module path, and a server with its subscriber. */
module org.example.modular {
    requires dev.unraced.api;
    requires dev.unraced.server;
}
