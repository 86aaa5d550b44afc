package io.evpl.linux;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class NumaNodesTest {
    @TempDir
    private Path sys;

    private void node(int number, String cpus) throws IOException {
        Path directory = Files.createDirectory(sys.resolve("node" + number));
        Files.writeString(directory.resolve("cpulist"), cpus + '\n');
    }

    @Test
    void listsAndRangesAreRead() throws IOException {
        node(0, "0-3,8");
        node(10, "4-7,9-9");
        node(2, "");
        Files.writeString(sys.resolve("online"), "0-2\n");
        NumaNodes nodes = NumaNodes.of(sys);
        assertEquals(0, nodes.nodeOf(0));
        assertEquals(0, nodes.nodeOf(3));
        assertEquals(10, nodes.nodeOf(4));
        assertEquals(0, nodes.nodeOf(8));
        assertEquals(10, nodes.nodeOf(9));
        assertEquals(NumaNodes.UNKNOWN, nodes.nodeOf(10));
        assertEquals(NumaNodes.UNKNOWN, nodes.nodeOf(-1));
        assertEquals(NumaNodes.UNKNOWN, nodes.nodeOf(1 << 20));
    }

    @Test
    void aMachineThatDoesNotSayHasNone() {
        assertEquals(NumaNodes.UNKNOWN, NumaNodes.of(sys.resolve("absent")).nodeOf(0));
    }

    @Test
    void whatIsMadeUpHarmsNothing() throws IOException {
        node(0, "0-99999,x,5-");
        assertEquals(0, NumaNodes.of(sys).nodeOf(8191));
        Files.createDirectory(sys.resolve("node1"));
        assertEquals(NumaNodes.UNKNOWN, NumaNodes.of(sys).nodeOf(0), "a node that cannot be read");
    }

    @Test
    void thisMachineAnswers() {
        assertTrue(NumaNodes.ofThisMachine().nodeOf(0) >= NumaNodes.UNKNOWN);
    }
}
