// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.connection;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refuses calls of peers that may not even subscribe, and passes the caller's identity to the service. */
public final class PeerAuthorization implements ServerInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(PeerAuthorization.class);
    private static final Context.Key<Peer> PEER = Context.keyWithDefault("peer", new Peer.Unknown());

    private static final Context.Key<Connection> CONNECTION = Context.key("connection");

    private final Access access;
    private final ConnectionLimiter limiter;

    /** Makes an interceptor that finds the peers of calls by the limiter of their connections. */
    public PeerAuthorization(Access access, ConnectionLimiter limiter) {
        this.access = access;
        this.limiter = limiter;
    }

    /** Returns the peer that made the call in progress. */
    public static Peer current() {
        return PEER.get();
    }

    /** Returns the connection of the call in progress; null when it has ended. */
    public static @Nullable Connection connection() {
        return CONNECTION.get();
    }

    @Override
    public <Q, P> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
        Peer peer = Peer.of(call.getAttributes(), limiter);
        if (!access.maySubscribe(peer)) {
            LOG.debug("Refused {}", peer.describe());
            call.close(
                    Status.PERMISSION_DENIED.withDescription(peer.describe() + " may not subscribe"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        Context context = Context.current().withValue(PEER, peer);
        Connection connection = limiter.connection(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
        if (connection != null) {
            context = context.withValue(CONNECTION, connection);
        }
        return Contexts.interceptCall(context, call, headers, next);
    }
}
