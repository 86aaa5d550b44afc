package io.evpl.rpc2.gss;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.CRC32;
import org.ietf.jgss.GSSException;

/**
 * A mechanism that tests can play with their own bytes: the initiator's name is the key. Its first token is {@code name:legs}; with the
 * name "mallory" the acceptor refuses.
 */
public final class ScriptedMechanism implements GssMechanism {
    private final String initiator;
    private final int legs;
    private volatile boolean signs = true;
    private volatile int micPadding;
    private volatile boolean encrypts = true;
    private volatile long lifetimeSeconds = MechanismContext.INDEFINITE;
    private final List<MechanismContext> made = new CopyOnWriteArrayList<>();

    private ScriptedMechanism(String initiator, int legs) {
        this.initiator = initiator;
        this.legs = legs;
    }

    public static ScriptedMechanism acceptor() {
        return new ScriptedMechanism(null, 0);
    }

    public static ScriptedMechanism initiator(String name, int legs) {
        return new ScriptedMechanism(name, legs);
    }

    /** Whether checksums and seals can be made from now on. */
    public void signs(boolean signs) {
        this.signs = signs;
    }

    /** How many bytes more than usual checksums have from now on. */
    public void micPadding(int bytes) {
        micPadding = bytes;
    }

    /** Whether sealed messages are encrypted from now on, or only signed. */
    public void encrypts(boolean encrypts) {
        this.encrypts = encrypts;
    }

    public void lifetimeSeconds(long seconds) {
        lifetimeSeconds = seconds;
    }

    /** How many contexts were begun. */
    public int contexts() {
        return made.size();
    }

    @Override
    public MechanismContext newContext() {
        Context context = new Context(initiator, legs);
        made.add(context);
        return context;
    }

    public static byte[] token(String name, int legs) {
        return (name + ':' + legs).getBytes(StandardCharsets.US_ASCII);
    }

    public static byte[] mic(String key, byte[] message) {
        return mic(key, message, 0, message.length, 0);
    }

    private static byte[] mic(String key, byte[] message, int offset, int bytes, int padding) {
        CRC32 sum = new CRC32();
        sum.update(key.getBytes(StandardCharsets.US_ASCII));
        sum.update(message, offset, bytes);
        // Seven bytes, so that there is padding.
        return ByteBuffer.allocate(7 + padding).put((byte) 'M').put((byte) 'I').put((byte) 'C').putInt((int) sum.getValue()).array();
    }

    public static byte[] seal(String key, byte[] message) {
        return seal(key, message, 0, message.length, true);
    }

    public static byte[] seal(String key, byte[] message, int offset, int bytes, boolean encrypts) {
        ByteBuffer token = ByteBuffer.allocate(8 + bytes).put((byte) (encrypts ? 'E' : 'S')).put(mic(key, message, offset, bytes, 0));
        for (int i = 0; i < bytes; i++) {
            token.put((byte) (message[offset + i] ^ (encrypts ? 0x55 : 0)));
        }
        return token.array();
    }

    private final class Context implements MechanismContext {
        private String name;
        private int left;
        private boolean begun;

        Context(String name, int legs) {
            this.name = name;
            this.left = legs;
        }

        @Override
        public byte[] step(byte[] token) throws GSSException {
            if (initiator != null) {
                return initiate(token);
            }
            String said = new String(token, StandardCharsets.US_ASCII);
            if (!begun) {
                String[] words = said.split(":");
                if (words.length != 2 || words[0].equals("mallory")) {
                    throw new GSSException(GSSException.DEFECTIVE_TOKEN, 0, "Defective token: " + said);
                }
                begun = true;
                name = words[0];
                left = Integer.parseInt(words[1]);
            } else if (!said.equals("next")) {
                throw new GSSException(GSSException.DEFECTIVE_TOKEN, 0, "Defective token: " + said);
            }
            left--;
            return (left == 0 ? "done" : "more").getBytes(StandardCharsets.US_ASCII);
        }

        private byte[] initiate(byte[] token) throws GSSException {
            if (token == null) {
                begun = true;
                return token(name, left);
            }
            switch (new String(token, StandardCharsets.US_ASCII)) {
                case "done" -> left = 0;
                case "more" -> {
                    left--;
                    return "next".getBytes(StandardCharsets.US_ASCII);
                }
                default -> throw new GSSException(GSSException.DEFECTIVE_TOKEN, 0, "Defective token");
            }
            return null;
        }

        @Override
        public boolean isEstablished() {
            return begun && left == 0;
        }

        @Override
        public String initiator() {
            return name + "@SCRIPT";
        }

        @Override
        public String acceptor() {
            return "echo/host@SCRIPT";
        }

        @Override
        public long lifetimeSeconds() {
            return lifetimeSeconds;
        }

        @Override
        public byte[] mic(byte[] message, int offset, int bytes) throws GSSException {
            if (!signs) {
                throw new GSSException(GSSException.FAILURE);
            }
            return ScriptedMechanism.mic(name, message, offset, bytes, micPadding);
        }

        @Override
        public void verify(byte[] mic, int micOffset, int micBytes, byte[] message, int offset, int bytes) throws GSSException {
            byte[] expected = ScriptedMechanism.mic(name, message, offset, bytes, 0);
            if (!Arrays.equals(mic, micOffset, micOffset + micBytes, expected, 0, expected.length)) {
                throw new GSSException(GSSException.BAD_MIC);
            }
        }

        @Override
        public byte[] seal(byte[] message, int offset, int bytes) throws GSSException {
            if (!signs) {
                throw new GSSException(GSSException.FAILURE);
            }
            return ScriptedMechanism.seal(name, message, offset, bytes, encrypts);
        }

        @Override
        public byte[] open(byte[] token, int offset, int bytes) throws GSSException {
            if (bytes < 8 || token[offset] != 'E') {
                throw new GSSException(GSSException.BAD_QOP);
            }
            byte[] message = Arrays.copyOfRange(token, offset + 8, offset + bytes);
            for (int i = 0; i < message.length; i++) {
                message[i] ^= 0x55;
            }
            verify(token, offset + 1, 7, message, 0, message.length);
            return message;
        }
    }
}
