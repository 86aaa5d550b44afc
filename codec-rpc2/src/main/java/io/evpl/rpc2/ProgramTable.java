package io.evpl.rpc2;

import java.util.Collection;

/** The programs of a connection. There are few: they are looked through. */
final class ProgramTable {
    private final RpcProgram[] programs;

    ProgramTable(Collection<RpcProgram> programs) {
        this.programs = programs.toArray(RpcProgram[]::new);
        for (int i = 0; i < this.programs.length; i++) {
            for (int j = 0; j < i; j++) {
                RpcProgram one = this.programs[i];
                RpcProgram other = this.programs[j];
                if (one.program() == other.program() && one.version() == other.version()) {
                    throw new IllegalArgumentException("two programs with one number and version: " + other + ", " + one);
                }
            }
        }
    }

    /** Null if there is none. */
    RpcProgram find(int program, int version) {
        for (RpcProgram candidate : programs) {
            if (candidate.program() == program && candidate.version() == version) {
                return candidate;
            }
        }
        return null;
    }

    boolean hasProgram(int program) {
        for (RpcProgram candidate : programs) {
            if (candidate.program() == program) {
                return true;
            }
        }
        return false;
    }

    int lowestVersion(int program) {
        int lowest = -1;
        for (RpcProgram candidate : programs) {
            if (candidate.program() == program && Integer.compareUnsigned(candidate.version(), lowest) < 0) {
                lowest = candidate.version();
            }
        }
        return lowest;
    }

    int highestVersion(int program) {
        int highest = 0;
        for (RpcProgram candidate : programs) {
            if (candidate.program() == program && Integer.compareUnsigned(candidate.version(), highest) > 0) {
                highest = candidate.version();
            }
        }
        return highest;
    }
}
