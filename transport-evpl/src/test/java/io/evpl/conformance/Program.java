package io.evpl.conformance;

import java.util.ArrayList;
import java.util.List;

/** Operations that make sense one after the other, and end with everything that they made taken back. */
record Program(String name, List<Op> ops) {
    /**
     * Of {@code ops} those that are allowed where they stand, and what takes back all that they make.
     */
    static Program of(String name, List<Op> ops, Traits traits) {
        Model model = new Model(traits);
        List<Op> allowed = new ArrayList<>();
        for (Op op : ops) {
            if (model.allows(op)) {
                model.apply(allowed.size(), op);
                allowed.add(op);
            }
        }
        allowed.addAll(ProgramEnd.after(model));
        return new Program(name, allowed);
    }

    /** Whether each operation is allowed where it stands, and nothing is left at the end. */
    boolean isValid(Traits traits) {
        Program whole = of(name, ops, traits);
        return whole.ops.size() == ops.size() + 1; // but for a last look
    }

    /** Without one operation, and without those that have no meaning then. */
    Program without(int index, Traits traits) {
        List<Op> fewer = new ArrayList<>(ops);
        fewer.remove(index);
        Program shorter = of(name, fewer, traits);
        shorter.ops.removeLast(); // a last look is there already
        return shorter;
    }

    @Override
    public String toString() {
        return name + ":\n" + OpText.format(ops);
    }
}
