// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.serve;

import io.grpc.netty.shaded.io.netty.bootstrap.ServerBootstrap;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelFuture;
import io.grpc.netty.shaded.io.netty.channel.ChannelFutureListener;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInitializer;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.SimpleChannelInboundHandler;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.SocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.SocketProtocolFamily;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.grpc.netty.shaded.io.netty.handler.codec.http.FullHttpRequest;
import io.grpc.netty.shaded.io.netty.handler.codec.http.FullHttpResponse;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpHeaderNames;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpHeaderValues;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpMethod;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpObjectAggregator;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpResponseStatus;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpServerCodec;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpVersion;
import io.grpc.netty.shaded.io.netty.handler.codec.http.QueryStringDecoder;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves pages of text by HTTP, one to a connection. At an IPv4 address it listens by IPv4 alone: the JDK's own HTTP
 * server listens at [::] when it is told 0.0.0.0.
 */
final class HttpPages implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpPages.class);
    private static final String TEXT = "text/plain; charset=utf-8";
    /** Pages that are made at once. */
    private static final int THREADS = 4;
    /** The longest life of a connection: a peer that sends no request, or reads no answer, keeps nothing for long. */
    private static final long LIFE_SECONDS = 20;
    /** Nobody needs a body for GET. */
    private static final int MAX_BODY = 1024;

    /** A page has a status of HTTP, and says this text now. */
    record Page(int status, String text) {}

    private final EventLoopGroup acceptor;
    private final EventLoopGroup loops;
    private final Channel listener;

    private HttpPages(EventLoopGroup acceptor, EventLoopGroup loops, Channel listener) {
        this.acceptor = acceptor;
        this.loops = loops;
        this.listener = listener;
    }

    /**
     * Begins to serve.
     *
     * @param pages by path; several threads call them
     * @throws IOException when the address cannot be had
     */
    static HttpPages start(InetSocketAddress address, Map<String, Supplier<Page>> pages) throws IOException {
        // A page that takes long to make keeps nobody from being connected.
        EventLoopGroup acceptor = threads(1);
        EventLoopGroup loops = threads(THREADS);
        ChannelFuture bound = new ServerBootstrap()
                .group(acceptor, loops)
                .channelFactory(() -> channel(address))
                .childHandler(new Connections(pages))
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            stop(acceptor);
            stop(loops);
            throw new IOException(bound.cause().getMessage(), bound.cause());
        }
        return new HttpPages(acceptor, loops, bound.channel());
    }

    private static EventLoopGroup threads(int count) {
        return new MultiThreadIoEventLoopGroup(
                count, new DefaultThreadFactory("unraced-metrics", true), NioIoHandler.newFactory());
    }

    private static NioServerSocketChannel channel(InetSocketAddress address) {
        return address.getAddress() instanceof Inet4Address
                ? new NioServerSocketChannel(SelectorProvider.provider(), SocketProtocolFamily.INET)
                : new NioServerSocketChannel();
    }

    private static final class Connections extends ChannelInitializer<SocketChannel> {
        private final Map<String, Supplier<Page>> pages;

        Connections(Map<String, Supplier<Page>> pages) {
            this.pages = pages;
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // no code waits for the end
        protected void initChannel(SocketChannel peer) {
            peer.eventLoop().schedule(() -> peer.close(), LIFE_SECONDS, TimeUnit.SECONDS);
            peer.pipeline().addLast(new HttpServerCodec(), new HttpObjectAggregator(MAX_BODY), new Answer(pages));
        }
    }

    /** Answers the request of one connection, and closes it. */
    private static final class Answer extends SimpleChannelInboundHandler<FullHttpRequest> {
        private final Map<String, Supplier<Page>> pages;

        Answer(Map<String, Supplier<Page>> pages) {
            this.pages = pages;
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // no code waits for the end
        protected void channelRead0(ChannelHandlerContext peer, FullHttpRequest request) {
            Page page = page(request);
            FullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    HttpResponseStatus.valueOf(page.status()),
                    Unpooled.copiedBuffer(page.text(), StandardCharsets.UTF_8));
            response.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, TEXT)
                    .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                    .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            peer.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
        }

        private Page page(FullHttpRequest request) {
            if (request.decoderResult().isFailure()) {
                return new Page(400, "this is no request by HTTP\n");
            }
            Supplier<Page> page = pages.get(new QueryStringDecoder(request.uri()).path());
            if (page == null) {
                return new Page(404, "no such page\n");
            }
            return request.method().equals(HttpMethod.GET) ? page.get() : new Page(405, "only GET is answered\n");
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // no code waits for the end
        public void exceptionCaught(ChannelHandlerContext peer, Throwable cause) {
            // The peer broke the connection, or the page could not be made.
            LOG.debug("The request of {} failed", peer.channel().remoteAddress(), cause);
            peer.close();
        }
    }

    /** Returns where it listens, with the port that the kernel chose for port 0. */
    InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // it is the future that was waited for
    public void close() {
        listener.close().awaitUninterruptibly();
        stop(acceptor);
        stop(loops);
    }

    private static void stop(EventLoopGroup loops) {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
