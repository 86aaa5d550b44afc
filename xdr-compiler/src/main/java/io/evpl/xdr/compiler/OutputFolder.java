package io.evpl.xdr.compiler;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Where the Java files go. A file whose text has not changed is not written, so that whoever looks at its time has nothing to
 * do; what an earlier run wrote and this one did not is deleted, if that is wished.
 */
public final class OutputFolder {
    /** Lists what the last run wrote; it alone says what may be deleted. */
    private static final String LIST = ".xdr-outputs";

    private final Path folder;

    public OutputFolder(Path folder) {
        this.folder = folder;
    }

    /** How many files were written, found to be as they should, and deleted. */
    public record Changes(int written, int unchanged, int deleted) {
    }

    /** Writes files beside what else there is. */
    public Changes add(Map<String, String> files) throws IOException {
        int written = 0;
        for (Map.Entry<String, String> file : files.entrySet()) {
            written += write(folder.resolve(file.getKey()), file.getValue()) ? 1 : 0;
        }
        return new Changes(written, files.size() - written, 0);
    }

    /** As {@link #add}; of what the last call wrote, only these remain. */
    public Changes replace(Map<String, String> files) throws IOException {
        Changes added = add(files);
        int deleted = 0;
        for (String old : listed()) {
            Path path = folder.resolve(old).normalize();
            if (!files.containsKey(old) && path.startsWith(folder.normalize()) && Files.deleteIfExists(path)) {
                deleted++;
                deleteEmptyFolders(path.getParent());
            }
        }
        if (!files.isEmpty() || Files.exists(folder.resolve(LIST))) {
            write(folder.resolve(LIST), String.join("\n", new TreeSet<>(files.keySet())) + "\n");
        }
        return new Changes(added.written(), added.unchanged(), deleted);
    }

    private List<String> listed() throws IOException {
        Path list = folder.resolve(LIST);
        return Files.exists(list) ? Files.readAllLines(list).stream().filter(line -> !line.isEmpty()).toList() : List.of();
    }

    private void deleteEmptyFolders(Path from) throws IOException {
        for (Path each = from; !each.equals(folder.normalize()) && isEmpty(each); each = each.getParent()) {
            Files.delete(each);
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (var entries = Files.newDirectoryStream(directory)) {
            return !entries.iterator().hasNext();
        }
    }

    private static boolean write(Path path, String text) throws IOException {
        if (Files.isRegularFile(path) && Files.readString(path).equals(text)) {
            return false;
        }
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
        return true;
    }
}
