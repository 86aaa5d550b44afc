package io.evpl.xdr.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.xdr.compiler.OutputFolder.Changes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFolderTest {
    private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000_000_000L);

    @TempDir
    private Path folder;

    @Test
    void whatHasNotChangedIsNotWritten() throws IOException {
        OutputFolder output = new OutputFolder(folder);
        assertEquals(new Changes(2, 0, 0), output.replace(Map.of("a/One.java", "1", "a/Two.java", "2")));
        Path one = folder.resolve("a/One.java");
        Files.setLastModifiedTime(one, LONG_AGO);
        assertEquals(new Changes(1, 1, 0), output.replace(Map.of("a/One.java", "1", "a/Two.java", "two")));
        assertEquals(LONG_AGO, Files.getLastModifiedTime(one));
        assertEquals("two", Files.readString(folder.resolve("a/Two.java")));
    }

    @Test
    void whatIsNotMadeAnyMoreIsDeletedWithItsFolder() throws IOException {
        OutputFolder output = new OutputFolder(folder);
        output.replace(Map.of("a/One.java", "1", "b/c/Two.java", "2"));
        Files.writeString(folder.resolve("a/Own.java"), "not ours");
        assertEquals(new Changes(0, 0, 2), output.replace(Map.of()));
        assertFalse(Files.exists(folder.resolve("b")));
        assertTrue(Files.exists(folder.resolve("a/Own.java")));
        assertEquals(new Changes(0, 0, 0), output.replace(Map.of()));
    }

    @Test
    void nothingBesideTheFolderIsDeleted() throws IOException {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        Path other = Files.writeString(folder.resolve("Other.java"), "not ours");
        Files.writeString(inner.resolve(".xdr-outputs"), "../Other.java\n");
        assertEquals(new Changes(0, 0, 0), new OutputFolder(inner).replace(Map.of()));
        assertTrue(Files.exists(other));
    }

    @Test
    void addingDeletesNothing() throws IOException {
        OutputFolder output = new OutputFolder(folder);
        output.replace(Map.of("One.java", "1"));
        assertEquals(new Changes(1, 0, 0), output.add(Map.of("Two.java", "2")));
        assertTrue(Files.exists(folder.resolve("One.java")));
    }
}
