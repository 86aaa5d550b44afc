package io.evpl.xdr;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The codecs of arrays and of linked lists, whose elements have a codec. */
abstract class ListCodec<T> implements XdrCodec<List<T>> {
    final XdrCodec<T> element;

    private ListCodec(XdrCodec<T> element) {
        this.element = element;
    }

    @Override
    public void release(List<T> values) {
        XdrCodec.releaseEach(values, element);
    }

    @Override
    public List<String> ddpEligible() {
        return element.ddpEligible().stream().map(path -> path.isEmpty() ? "[]" : "[]." + path).toList();
    }

    static <T> XdrCodec<List<T>> counted(XdrCodec<T> element, long maxCount) {
        return new ListCodec<>(element) {
            @Override
            public void encode(XdrEncoder out, List<T> values) {
                out.writeList(values, element, maxCount, "list");
            }

            @Override
            public List<T> decode(XdrDecoder in) {
                return in.readList(element, maxCount, "list");
            }

            @Override
            public int minBytes() {
                return 4;
            }
        };
    }

    static <T> XdrCodec<List<T>> fixed(XdrCodec<T> element, int count) {
        return new ListCodec<>(element) {
            @Override
            public void encode(XdrEncoder out, List<T> values) {
                out.writeFixedList(values, element, count, "list");
            }

            @Override
            public List<T> decode(XdrDecoder in) {
                return in.readFixedList(element, count, "list");
            }

            @Override
            public int minBytes() {
                return BuiltInCodec.words(count, element.minBytes());
            }
        };
    }

    /** @param first whether the first element has no flag before it, and must be there */
    static <T> XdrCodec<List<T>> linked(XdrCodec<T> element, boolean first) {
        return new ListCodec<>(element) {
            @Override
            public void encode(XdrEncoder out, List<T> values) {
                out.present(values, "linked list");
                int count = values.size();
                if (first && count == 0) {
                    throw out.failure("linked list: empty, but it is not optional");
                }
                for (int i = 0; i < count; i++) {
                    if (i > 0 || !first) {
                        out.writeBoolean(true);
                    }
                    element.encode(out, values.get(i));
                }
                out.writeBoolean(false);
            }

            @Override
            public List<T> decode(XdrDecoder in) {
                if (!first && !in.readBoolean("linked list")) {
                    return List.of();
                }
                List<T> values = new ArrayList<>();
                do {
                    values.add(element.decode(in));
                } while (in.readBoolean("linked list"));
                return Collections.unmodifiableList(values);
            }

            @Override
            public int minBytes() {
                return first ? (int) Math.min(element.minBytes() + 4L, Integer.MAX_VALUE) : 4;
            }
        };
    }
}
