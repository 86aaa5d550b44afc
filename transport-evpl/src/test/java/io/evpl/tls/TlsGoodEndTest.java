package io.evpl.tls;

import io.evpl.tls.TlsRig.Pair;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Connections that come, are served and go are what a server does all day: each exception made on the way costs a stack trace. */
@Timeout(120)
class TlsGoodEndTest {
    private static final String HOST = "a.test";
    private static final String MADE = "jdk.JavaExceptionThrow"; // recorded when one is made, thrown or not

    @TempDir
    private Path folder;

    @Test
    void aConnectionThatEndsWellMakesNoException() throws Exception {
        TestAuthority authority = new TestAuthority("Authority");
        try (TlsRig rig = new TlsRig(TlsWire.TCP, EvplTls.server(authority.issue(HOST).identity()).build());
             Recording recording = new Recording()) {
            EvplTlsClient client = EvplTls.client().trust(authority.trust()).build();
            comeAndGo(rig, client); // what is loaded and linked the first time may throw within the JDK
            recording.enable(MADE).withStackTrace().withoutThreshold().with("throttle", "off");
            recording.start();
            comeAndGo(rig, client);
            Exception seen = new Exception("one that the recording must have");
            recording.stop();
            assertEquals(List.of(getClass().getName() + ' ' + seen.getMessage()), madeByUs(recording));
        }
    }

    private static void comeAndGo(TlsRig rig, EvplTlsClient client) throws Exception {
        Pair pair = rig.connect(client, HOST).handshaken();
        pair.exchange();
        pair.client().channel.close().sync();
        pair.server().awaitEnd();
        pair.server().channel.closeFuture().sync();
        rig.group.next().submit(() -> { }).sync(); // handlers leave the pipeline after closeFuture
        rig.group.next().submit(() -> { }).sync();
    }

    private List<String> madeByUs(Recording recording) throws Exception {
        Path file = folder.resolve("recording.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream().filter(event -> event.getEventType().getName().equals(MADE))
                .filter(event -> maker(event).startsWith("io.evpl."))
                .map(event -> maker(event) + ' ' + event.getString("message")).toList();
    }

    /** The class whose method called the constructor. */
    private static String maker(RecordedEvent event) {
        return event.getStackTrace().getFrames().stream().map(RecordedFrame::getMethod)
                .filter(method -> !method.getName().equals("<init>") && !method.getType().getName().startsWith("java."))
                .filter(method -> !method.getType().getName().startsWith("jdk.")).findFirst()
                .map(method -> method.getType().getName()).orElse("");
    }
}
