package io.evpl.xdr.compiler.model;

/**
 * A place in a .x file.
 *
 * @param line from 1
 * @param column from 1, in characters
 */
public record SourcePosition(String file, int line, int column) {
    @Override
    public String toString() {
        return file + ":" + line + ":" + column;
    }
}
