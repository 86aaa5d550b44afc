package io.evpl.memory;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SizeClassesTest {
    @Test
    void eachSizeHasTheSmallestClassThatHoldsIt() {
        for (int bytes = 0; bytes <= SizeClasses.MOST_BYTES; bytes++) {
            int sizeClass = SizeClasses.of(bytes);
            assertTrue(SizeClasses.bytes(sizeClass) >= bytes, bytes + " bytes in class " + sizeClass);
            assertTrue(sizeClass == 0 || SizeClasses.bytes(sizeClass - 1) < bytes, bytes + " bytes fit a smaller class");
        }
        assertEquals(SizeClasses.LEAST_BYTES, SizeClasses.bytes(0));
        assertEquals(SizeClasses.MOST_BYTES, SizeClasses.bytes(SizeClasses.COUNT - 1));
    }

    @Test
    void aBufferHasAtMostAQuarterMoreThanItWasAskedFor_L18() {
        for (int bytes = SizeClasses.LEAST_BYTES; bytes <= SizeClasses.MOST_BYTES; bytes++) {
            int cellBytes = SizeClasses.bytes(SizeClasses.of(bytes));
            assertTrue(cellBytes <= bytes + bytes / 4 + 1, bytes + " bytes have " + cellBytes);
            assertEquals(0, cellBytes % 16, "alignment");
        }
    }
}
