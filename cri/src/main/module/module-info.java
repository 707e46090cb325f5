// SPDX-License-Identifier: Apache-2.0
/**
 * The names of containers, by the socket of a container runtime.
 *
 * @provides dev.unraced.process.ContainerResolver.Provider asks containerd or CRI-O
 */
module dev.unraced.cri {
    requires com.google.common;
    requires com.google.protobuf;
    requires dev.unraced.api;
    requires io.grpc;
    requires io.grpc.netty.shaded;
    requires io.grpc.protobuf;
    requires io.grpc.stub;
    requires static org.jspecify;

    provides dev.unraced.process.ContainerResolver.Provider with
            dev.unraced.cri.CriResolverProvider;
}
