package io.evpl.rpc2.pcap;

import io.netty.channel.Channel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Captures every RPC connection of a process, if {@code -Devpl.rpc2.pcap=FOLDER} says where to: {@code PID-accepted.pcap} has those
 * that were accepted, {@code PID-connected.pcap} those that were made, {@code PID-datagram.pcap} what came and went by UDP. Two files for
 * streams, because a process that talks to itself would have each byte twice in one.
 */
public final class PcapFolder {
    /** The system property. */
    public static final String PROPERTY = "evpl.rpc2.pcap";

    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(PcapFolder.class);
    private static final String FOLDER = System.getProperty(PROPERTY);
    private static final Map<String, PcapFile> FILES = new ConcurrentHashMap<>();
    private static volatile String label = Long.toString(ProcessHandle.current().pid());

    static {
        if (FOLDER != null) {
            Runtime.getRuntime().addShutdownHook(new Thread(PcapFolder::closeAll, "pcap-close"));
        }
    }

    private PcapFolder() {
    }

    /** Adds a {@link PcapHandler} to the end of the channel's pipeline, if the property is there. */
    public static void capture(Channel channel, String what) {
        if (FOLDER != null) {
            PcapFile file = FILES.computeIfAbsent(label + "-" + what, PcapFolder::open);
            if (file != null) {
                channel.pipeline().addLast(new PcapHandler(file));
            }
        }
    }

    /** Channels from now on have their files under this name instead of the process's id. For tests, whose names say more. */
    public static void label(String name) {
        label = name;
    }

    private static PcapFile open(String name) {
        try {
            return new PcapFile(Files.createDirectories(Path.of(FOLDER)).resolve(name + ".pcap"));
        } catch (IOException e) {
            LOG.warn("-D{}={}: nothing is captured, because {} cannot be made there", PROPERTY, FOLDER, name, e);
            return null;
        }
    }

    private static void closeAll() {
        FILES.values().forEach(file -> {
            try {
                file.close();
            } catch (IOException e) {
                LOG.warn("A capture file may be incomplete", e);
            }
        });
    }
}
