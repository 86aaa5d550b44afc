package io.evpl.memory;

import io.evpl.linux.NativeAddress;
import io.netty.buffer.AbstractReferenceCountedByteBuf;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ScatteringByteChannel;

/**
 * A cell as a buffer. The two belong together for as long as the run is there, and are used again together. Growing out of the
 * cell changes cells with a larger buffer, which then goes back with the small one.
 */
final class SlabByteBuf extends AbstractReferenceCountedByteBuf {
    Run run;
    /** In a list of buffers that nobody uses. */
    SlabByteBuf next;
    private long address;
    private int capacity;
    private ByteBuffer nio;

    SlabByteBuf(Run run, long address) {
        super(0);
        this.run = run;
        this.address = address;
    }

    /** As a new buffer, with one reference. */
    SlabByteBuf begin(int initialCapacity, int maxCapacity) {
        assert initialCapacity <= run.cellBytes : initialCapacity + " bytes in a cell of " + run.cellBytes;
        maxCapacity(maxCapacity);
        capacity = initialCapacity;
        resetRefCnt();
        clear();
        markReaderIndex();
        markWriterIndex();
        return this;
    }

    @Override
    protected void deallocate() {
        RunCache owner = run.owner;
        if (owner == null) {
            run.allocator.putLarge(run);
        } else if (owner.thread == Thread.currentThread()) {
            owner.put(this);
        } else {
            owner.putFromElsewhere(this);
        }
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public ByteBuf capacity(int newCapacity) {
        checkNewCapacity(newCapacity);
        int cellBytes = run.cellBytes;
        // A buffer that is cut down to less than half would keep more memory than it has.
        if (newCapacity > cellBytes
                || newCapacity < cellBytes >>> 1 && newCapacity < capacity && cellBytes > SizeClasses.LEAST_BYTES) {
            SlabByteBuf other = run.allocator.take(newCapacity);
            NativeAddress.copy(address, other.address, Math.min(capacity, newCapacity));
            exchangeCells(other);
            other.deallocate();
        }
        boolean shrinks = newCapacity < capacity;
        capacity = newCapacity;
        if (shrinks) {
            trimIndicesToCapacity(newCapacity);
        }
        return this;
    }

    private void exchangeCells(SlabByteBuf other) {
        Run otherRun = other.run;
        long otherAddress = other.address;
        ByteBuffer otherNio = other.nio;
        other.run = run;
        other.address = address;
        other.nio = nio;
        run = otherRun;
        address = otherAddress;
        nio = otherNio;
    }

    @Override
    public ByteBufAllocator alloc() {
        return run.allocator;
    }

    @Override
    @SuppressWarnings("deprecation")
    public ByteOrder order() {
        return ByteOrder.BIG_ENDIAN;
    }

    @Override
    public ByteBuf unwrap() {
        return null;
    }

    @Override
    public boolean isDirect() {
        return true;
    }

    @Override
    public boolean hasArray() {
        return false;
    }

    @Override
    public byte[] array() {
        throw new UnsupportedOperationException("direct buffer");
    }

    @Override
    public int arrayOffset() {
        throw new UnsupportedOperationException("direct buffer");
    }

    @Override
    public boolean hasMemoryAddress() {
        return true;
    }

    @Override
    public long memoryAddress() {
        ensureAccessible();
        return address;
    }

    @Override
    public boolean isContiguous() {
        return true;
    }

    // ---- single values; NativeAddress is little-endian

    @Override
    protected byte _getByte(int index) {
        return NativeAddress.getByte(address + index);
    }

    @Override
    protected short _getShort(int index) {
        return Short.reverseBytes(_getShortLE(index));
    }

    @Override
    protected short _getShortLE(int index) {
        return NativeAddress.getShort(address + index);
    }

    @Override
    protected int _getUnsignedMedium(int index) {
        return (_getByte(index) & 0xff) << 16 | _getShort(index + 1) & 0xffff;
    }

    @Override
    protected int _getUnsignedMediumLE(int index) {
        return (_getByte(index + 2) & 0xff) << 16 | _getShortLE(index) & 0xffff;
    }

    @Override
    protected int _getInt(int index) {
        return Integer.reverseBytes(_getIntLE(index));
    }

    @Override
    protected int _getIntLE(int index) {
        return NativeAddress.getInt(address + index);
    }

    @Override
    protected long _getLong(int index) {
        return Long.reverseBytes(_getLongLE(index));
    }

    @Override
    protected long _getLongLE(int index) {
        return NativeAddress.getLong(address + index);
    }

    @Override
    protected void _setByte(int index, int value) {
        NativeAddress.putByte(address + index, (byte) value);
    }

    @Override
    protected void _setShort(int index, int value) {
        _setShortLE(index, Short.reverseBytes((short) value));
    }

    @Override
    protected void _setShortLE(int index, int value) {
        NativeAddress.putShort(address + index, (short) value);
    }

    @Override
    protected void _setMedium(int index, int value) {
        _setByte(index, value >>> 16);
        _setShort(index + 1, value);
    }

    @Override
    protected void _setMediumLE(int index, int value) {
        _setShortLE(index, value);
        _setByte(index + 2, value >>> 16);
    }

    @Override
    protected void _setInt(int index, int value) {
        _setIntLE(index, Integer.reverseBytes(value));
    }

    @Override
    protected void _setIntLE(int index, int value) {
        NativeAddress.putInt(address + index, value);
    }

    @Override
    protected void _setLong(int index, long value) {
        _setLongLE(index, Long.reverseBytes(value));
    }

    @Override
    protected void _setLongLE(int index, long value) {
        NativeAddress.putLong(address + index, value);
    }

    // ---- many bytes

    @Override
    public ByteBuf getBytes(int index, ByteBuf dst, int dstIndex, int length) {
        checkDstIndex(index, length, dstIndex, dst.capacity());
        if (dst.hasMemoryAddress()) {
            NativeAddress.copy(address + index, dst.memoryAddress() + dstIndex, length);
        } else if (dst.hasArray()) {
            NativeAddress.copyOut(address + index, dst.array(), dst.arrayOffset() + dstIndex, length);
        } else {
            dst.setBytes(dstIndex, nio(index, length));
        }
        return this;
    }

    @Override
    public ByteBuf getBytes(int index, byte[] dst, int dstIndex, int length) {
        checkDstIndex(index, length, dstIndex, dst.length);
        NativeAddress.copyOut(address + index, dst, dstIndex, length);
        return this;
    }

    @Override
    public ByteBuf getBytes(int index, ByteBuffer dst) {
        dst.put(checkedNio(index, dst.remaining()));
        return this;
    }

    @Override
    public ByteBuf getBytes(int index, OutputStream out, int length) throws IOException {
        checkIndex(index, length);
        out.write(bytes(index, length));
        return this;
    }

    @Override
    public int getBytes(int index, GatheringByteChannel out, int length) throws IOException {
        return out.write(checkedNio(index, length).duplicate());
    }

    @Override
    public int getBytes(int index, FileChannel out, long position, int length) throws IOException {
        return out.write(checkedNio(index, length).duplicate(), position);
    }

    @Override
    public ByteBuf setBytes(int index, ByteBuf src, int srcIndex, int length) {
        checkSrcIndex(index, length, srcIndex, src.capacity());
        if (src.hasMemoryAddress()) {
            NativeAddress.copy(src.memoryAddress() + srcIndex, address + index, length);
        } else if (src.hasArray()) {
            NativeAddress.copyIn(src.array(), src.arrayOffset() + srcIndex, address + index, length);
        } else {
            src.getBytes(srcIndex, nio(index, length));
        }
        return this;
    }

    @Override
    public ByteBuf setBytes(int index, byte[] src, int srcIndex, int length) {
        checkSrcIndex(index, length, srcIndex, src.length);
        NativeAddress.copyIn(src, srcIndex, address + index, length);
        return this;
    }

    @Override
    public ByteBuf setBytes(int index, ByteBuffer src) {
        // Of the same memory put() would refuse only the same object; a duplicate is none.
        checkedNio(index, src.remaining()).duplicate().put(src);
        return this;
    }

    @Override
    public int setBytes(int index, InputStream in, int length) throws IOException {
        checkIndex(index, length);
        byte[] bytes = new byte[length];
        int read = in.read(bytes, 0, length);
        if (read > 0) {
            NativeAddress.copyIn(bytes, 0, address + index, read);
        }
        return read;
    }

    @Override
    public int setBytes(int index, ScatteringByteChannel in, int length) throws IOException {
        try {
            return in.read(checkedNio(index, length).duplicate());
        } catch (ClosedChannelException e) {
            return -1; // the end, as everywhere in Netty
        }
    }

    @Override
    public int setBytes(int index, FileChannel in, long position, int length) throws IOException {
        try {
            return in.read(checkedNio(index, length).duplicate(), position);
        } catch (ClosedChannelException e) {
            return -1;
        }
    }

    @Override
    public ByteBuf setZero(int index, int length) {
        checkIndex(index, length);
        if (length > 0) {
            NativeAddress.fill(address + index, length, (byte) 0);
        }
        return this;
    }

    @Override
    public ByteBuf writeZero(int length) {
        ensureWritable(length);
        int start = writerIndex();
        setZero(start, length);
        return writerIndex(start + length);
    }

    @Override
    public ByteBuf copy(int index, int length) {
        checkIndex(index, length);
        return alloc().directBuffer(length, maxCapacity()).writeBytes(this, index, length);
    }

    private byte[] bytes(int index, int length) {
        byte[] bytes = new byte[length];
        NativeAddress.copyOut(address + index, bytes, 0, length);
        return bytes;
    }

    // ---- NIO buffers

    @Override
    public int nioBufferCount() {
        return 1;
    }

    @Override
    public ByteBuffer nioBuffer(int index, int length) {
        return checkedNio(index, length).slice();
    }

    @Override
    public ByteBuffer[] nioBuffers(int index, int length) {
        return new ByteBuffer[] {nioBuffer(index, length)};
    }

    @Override
    public ByteBuffer internalNioBuffer(int index, int length) {
        return checkedNio(index, length);
    }

    private ByteBuffer checkedNio(int index, int length) {
        checkIndex(index, length);
        return nio(index, length);
    }

    private ByteBuffer nio(int index, int length) {
        if (nio == null) {
            nio = NativeAddress.buffer(address, run.cellBytes);
        }
        return nio.limit(index + length).position(index);
    }
}
