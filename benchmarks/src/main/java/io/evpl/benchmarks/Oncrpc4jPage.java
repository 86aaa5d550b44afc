package io.evpl.benchmarks;

import io.evpl.benchmarks.directory.Directory_entry;
import io.evpl.benchmarks.directory.Directory_page;
import io.evpl.benchmarks.directory.File_attributes;
import io.evpl.benchmarks.directory.File_device;
import io.evpl.benchmarks.directory.File_time;
import io.evpl.benchmarks.directory.File_type;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.dcache.oncrpc4j.rpc.OncRpcException;
import org.dcache.oncrpc4j.xdr.XdrAble;
import org.dcache.oncrpc4j.xdr.XdrDecodingStream;
import org.dcache.oncrpc4j.xdr.XdrEncodingStream;

/** The same page by oncrpc4j: field after field, as its users write it. */
final class Oncrpc4jPage implements XdrAble {
    Directory_page page;

    @Override
    public void xdrEncode(XdrEncodingStream out) throws OncRpcException, IOException {
        out.xdrEncodeOpaque(page.verifier(), page.verifier().length);
        out.xdrEncodeInt(page.entries().size());
        for (Directory_entry entry : page.entries()) {
            out.xdrEncodeLong(entry.file_id());
            out.xdrEncodeString(entry.name());
            out.xdrEncodeLong(entry.cookie());
            encode(out, entry.attributes());
            out.xdrEncodeDynamicOpaque(entry.handle());
        }
        out.xdrEncodeBoolean(page.complete());
    }

    private static void encode(XdrEncodingStream out, File_attributes attributes) throws OncRpcException, IOException {
        out.xdrEncodeInt(attributes.type().value());
        out.xdrEncodeInt(attributes.mode());
        out.xdrEncodeInt(attributes.links());
        out.xdrEncodeInt(attributes.uid());
        out.xdrEncodeInt(attributes.gid());
        out.xdrEncodeLong(attributes.bytes());
        out.xdrEncodeLong(attributes.used_bytes());
        out.xdrEncodeInt(attributes.device().major_number());
        out.xdrEncodeInt(attributes.device().minor_number());
        out.xdrEncodeLong(attributes.system_id());
        out.xdrEncodeLong(attributes.file_id());
        encode(out, attributes.accessed());
        encode(out, attributes.modified());
        encode(out, attributes.changed());
    }

    private static void encode(XdrEncodingStream out, File_time time) throws OncRpcException, IOException {
        out.xdrEncodeInt(time.seconds());
        out.xdrEncodeInt(time.nseconds());
    }

    @Override
    public void xdrDecode(XdrDecodingStream in) throws OncRpcException, IOException {
        byte[] verifier = in.xdrDecodeOpaque(8);
        int count = in.xdrDecodeInt();
        List<Directory_entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add(new Directory_entry(in.xdrDecodeLong(), in.xdrDecodeString(), in.xdrDecodeLong(), attributes(in), in.xdrDecodeDynamicOpaque()));
        }
        page = new Directory_page(verifier, entries, in.xdrDecodeBoolean());
    }

    private static File_attributes attributes(XdrDecodingStream in) throws OncRpcException, IOException {
        return new File_attributes(type(in.xdrDecodeInt()), in.xdrDecodeInt(), in.xdrDecodeInt(), in.xdrDecodeInt(), in.xdrDecodeInt(),
                in.xdrDecodeLong(), in.xdrDecodeLong(), new File_device(in.xdrDecodeInt(), in.xdrDecodeInt()),
                in.xdrDecodeLong(), in.xdrDecodeLong(), time(in), time(in), time(in));
    }

    private static File_type type(int value) throws IOException {
        return switch (value) {
            case 1 -> File_type.FILE_REGULAR;
            case 2 -> File_type.FILE_DIRECTORY;
            case 5 -> File_type.FILE_LINK;
            default -> throw new IOException("file_type " + value);
        };
    }

    private static File_time time(XdrDecodingStream in) throws OncRpcException, IOException {
        return new File_time(in.xdrDecodeInt(), in.xdrDecodeInt());
    }
}
