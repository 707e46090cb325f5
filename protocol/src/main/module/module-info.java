// SPDX-License-Identifier: Apache-2.0
/** The messages of unraced.v1, and their conversion from and to the types of the API, for both ends. */
module dev.unraced.protocol {
    requires transitive com.google.protobuf;
    requires transitive dev.unraced.api;
    requires transitive io.grpc;
    requires transitive io.grpc.stub;
    // Generated stubs return futures of Guava's.
    requires transitive com.google.common;
    requires io.grpc.protobuf;
    requires io.grpc.util;
    requires static org.jspecify;
    requires org.slf4j;

    exports dev.unraced.protocol;
    exports dev.unraced.protocol.v1;
}
