package io.evpl.conformance;

/** Ways in which a loop's service can be wrong: its first callback is lost, comes twice, or comes with the next one. */
record CallbackBreakage(Key.What what, How how) implements Sabotage {
    enum How { LOST, TWICE, LATE }

    @Override
    public Runnable callback(Key.What called, Runnable callback) {
        return called == what ? new Broken(how, callback) : callback;
    }

    private static final class Broken implements Runnable {
        private final How how;
        private final Runnable callback;
        private int calls;

        Broken(How how, Runnable callback) {
            this.how = how;
            this.callback = callback;
        }

        @Override
        public void run() {
            calls++;
            boolean first = calls == 1;
            int times = switch (how) {
                case LOST -> first ? 0 : 1;
                case TWICE -> first ? 2 : 1;
                case LATE -> first ? 0 : calls == 2 ? 2 : 1;
            };
            for (int i = 0; i < times; i++) {
                callback.run();
            }
        }
    }
}
