package io.evpl.name;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DefaultDnsResponse;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.handler.codec.dns.TcpDnsQueryDecoder;
import io.netty.handler.codec.dns.TcpDnsResponseEncoder;
import io.netty.util.NetUtil;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A name server on loopback that says what a test tells it to, and counts what it is asked. */
public final class DnsServer implements AutoCloseable {
    private record Answer(int ttlSeconds, String[] addresses) {
    }

    private static final Answer SILENCE = new Answer(0, new String[0]);

    private final NioEventLoopGroup group = new NioEventLoopGroup(1);
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
    private final Channel udp;
    private volatile boolean truncates;

    public DnsServer() {
        Channel tcp = new ServerBootstrap().group(group).channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new TcpDnsQueryDecoder(), new TcpDnsResponseEncoder(), new Answering());
                    }
                }).bind(InetAddress.getLoopbackAddress(), 0).syncUninterruptibly().channel();
        udp = new Bootstrap().group(group).channel(NioDatagramChannel.class).handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new DatagramDnsQueryDecoder(), new DatagramDnsResponseEncoder(), new Answering());
            }
        }).bind(tcp.localAddress()).syncUninterruptibly().channel();
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) udp.localAddress();
    }

    private static String key(String name, DnsRecordType type) {
        return name + ". " + type.name();
    }

    /** No addresses: there is the name, and it has none of this type. */
    public DnsServer answer(String name, DnsRecordType type, int ttlSeconds, String... addresses) {
        answers.put(key(name, type), new Answer(ttlSeconds, addresses));
        return this;
    }

    public DnsServer ignore(String name, DnsRecordType type) {
        answers.put(key(name, type), SILENCE);
        return this;
    }

    /** Answers do not fit into datagrams any more. */
    public void truncate() {
        truncates = true;
    }

    public int asked(String name, DnsRecordType type) {
        AtomicInteger count = asked.get(key(name, type));
        return count == null ? 0 : count.get();
    }

    public int askedAltogether() {
        return asked.values().stream().mapToInt(AtomicInteger::get).sum();
    }

    private final class Answering extends SimpleChannelInboundHandler<DnsQuery> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DnsQuery query) {
            DnsQuestion question = query.recordAt(DnsSection.QUESTION);
            String key = question.name() + ' ' + question.type().name();
            asked.computeIfAbsent(key, any -> new AtomicInteger()).incrementAndGet();
            Answer answer = answers.get(key);
            if (answer == SILENCE) {
                return;
            }
            DnsResponse response = query instanceof DatagramDnsQuery datagram
                    ? new DatagramDnsResponse(datagram.recipient(), datagram.sender(), query.id())
                    : new DefaultDnsResponse(query.id());
            response.addRecord(DnsSection.QUESTION, new DefaultDnsQuestion(question.name(), question.type()));
            if (answer == null) {
                response.setCode(DnsResponseCode.NXDOMAIN);
            } else if (truncates && query instanceof DatagramDnsQuery) {
                response.setTruncated(true);
            } else {
                for (String address : answer.addresses) {
                    response.addRecord(DnsSection.ANSWER, new DefaultDnsRawRecord(question.name(), question.type(),
                            answer.ttlSeconds, Unpooled.wrappedBuffer(NetUtil.createByteArrayFromIpAddressString(address))));
                }
            }
            ctx.writeAndFlush(response);
        }
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
