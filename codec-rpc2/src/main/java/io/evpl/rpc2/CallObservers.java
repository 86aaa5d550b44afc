package io.evpl.rpc2;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** Several observers as one. */
record CallObservers(List<CallObserver> observers) implements CallObserver {
    @Override
    public Observation serving(RpcCall<?> call, int messageBytes) {
        return each(observer -> observer.serving(call, messageBytes));
    }

    @Override
    public void unhandled(int program, int version, int procedure, boolean known, Outcome outcome) {
        observers.forEach(observer -> observer.unhandled(program, version, procedure, known, outcome));
    }

    @Override
    public Observation calling(RpcProcedure<?, ?> procedure, SocketAddress remoteAddress) {
        return each(observer -> observer.calling(procedure, remoteAddress));
    }

    private Observation each(Function<CallObserver, Observation> begin) {
        List<Observation> observations = new ArrayList<>(observers.stream().map(begin).filter(Objects::nonNull).toList());
        return observations.isEmpty() ? null : observations.size() == 1 ? observations.getFirst() : new Observations(observations);
    }

    /** What began first ends last, as scopes of a trace must. */
    private record Observations(List<Observation> observations) implements Observation {
        @Override
        public void handlerBegins() {
            observations.forEach(Observation::handlerBegins);
        }

        @Override
        public void handlerReturned() {
            observations.reversed().forEach(Observation::handlerReturned);
        }

        @Override
        public void sent(int xid, int messageBytes) {
            observations.forEach(observation -> observation.sent(xid, messageBytes));
        }

        @Override
        public void ended(Outcome outcome, int replyBytes, Throwable cause) {
            observations.reversed().forEach(observation -> observation.ended(outcome, replyBytes, cause));
        }
    }
}
