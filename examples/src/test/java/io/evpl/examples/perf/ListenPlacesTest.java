package io.evpl.examples.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.evpl.examples.perf.scenario.Link;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ListenPlacesTest {
    @Test
    void portsAreTheKernelsChoiceAndNamesAreFresh() {
        try (ListenPlaces places = new ListenPlaces()) {
            assertEquals("0", places.next(Link.TCP));
            assertEquals("0", places.next(Link.UDP));
            assertNotEquals(places.next(Link.INPROC), places.next(Link.INPROC));
        }
    }

    @Test
    void socketsAreInOneFolderThatGoesWithTheRun() throws IOException {
        ListenPlaces places = new ListenPlaces();
        Path first = Path.of(places.next(Link.UNIX));
        Path second = Path.of(places.next(Link.UNIX));
        assertNotEquals(first, second);
        assertEquals(first.getParent(), second.getParent());
        assertTrue(first.toString().length() < 108, "unix(7): sun_path has 108 bytes");
        Files.createFile(second);
        places.close();
        assertFalse(Files.exists(first.getParent()));
    }
}
