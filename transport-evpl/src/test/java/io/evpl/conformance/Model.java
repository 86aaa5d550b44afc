package io.evpl.conformance;

/**
 * What each operation may assume and what it owes. Knows no loop and no socket: a program is generated with one model and
 * judged with another, that follows it operation by operation.
 */
final class Model {
    private final Obligations owed = new Obligations();
    private final TimeModel time = new TimeModel(owed);
    private final ServiceModel services = new ServiceModel(owed);
    private final ConnectionModel connections;

    Model(Traits traits) {
        connections = new ConnectionModel(owed, traits);
    }

    Obligations owed() {
        return owed;
    }

    TimeModel time() {
        return time;
    }

    ServiceModel services() {
        return services;
    }

    ConnectionModel connections() {
        return connections;
    }

    /** Whether {@code op} has a meaning now. */
    boolean allows(Op op) {
        return switch (op) {
            case Op.Advance _, Op.Quiesce _, Op.Defer _, Op.Pin _ -> true;
            case Op.ArmTimer arm -> time.isFree(arm.slot());
            case Op.RearmTimer rearm -> time.isOneShot(rearm.slot());
            case Op.RemoveTimer remove -> !time.isFree(remove.slot());
            case Op.Bell bell -> services.allows(bell);
            case Op.Source source -> services.allows(source);
            case Op.Unpin _ -> services.isPinned();
            case Op.Hooks hooks -> hooks.on() != services.isHooked();
            case Op.Listen _ -> connections.mayListen();
            case Op.StopListen _ -> connections.isListening();
            case Op.ConnectRefused _ -> connections.mayListen();
            case Op.Connect connect -> connections.allows(connect);
            case Op.Send send -> connections.allows(send);
            case Op.Pause pause -> connections.allows(pause);
            case Op.Resume resume -> connections.allows(resume);
            case Op.Close close -> connections.allows(close);
            case Op.Finish finish -> connections.allows(finish);
            case Op.HalfClose halfClose -> connections.allows(halfClose);
            case Op.Reset reset -> connections.allows(reset);
        };
    }

    /** {@code op}, operation number {@code at}, is done. */
    void apply(int at, Op op) {
        switch (op) {
            case Op.Advance advance -> time.step(advance.ms());
            case Op.Quiesce quiesce -> quiesce(at, quiesce);
            case Op.ArmTimer arm -> time.arm(at, arm.slot(), arm.use(), arm.ms());
            case Op.RearmTimer rearm -> time.arm(at, rearm.slot(), Op.TimerUse.ONE_SHOT, rearm.ms());
            case Op.RemoveTimer remove -> time.remove(remove.slot());
            case Op.Defer defer -> services.defer(at, defer);
            case Op.Bell bell -> services.bell(at, bell);
            case Op.Source source -> services.source(at, source);
            case Op.Pin _ -> services.pin(at);
            case Op.Unpin _ -> services.unpin(at);
            case Op.Hooks hooks -> services.hooks(hooks.on());
            case Op.Listen _ -> connections.listen(true);
            case Op.StopListen _ -> connections.listen(false);
            case Op.ConnectRefused _ -> owed.owe(Key.of(Key.What.REFUSED, at), 1);
            case Op.Connect connect -> connections.connect(at, connect);
            case Op.Send send -> connections.send(at, send);
            case Op.Pause pause -> connections.pause(pause);
            case Op.Resume resume -> connections.resume(resume);
            case Op.Close close -> connections.close(close);
            case Op.Finish finish -> connections.finish(finish);
            case Op.HalfClose halfClose -> connections.halfClose(halfClose);
            case Op.Reset reset -> connections.reset(reset);
        }
    }

    private void quiesce(int at, Op.Quiesce quiesce) {
        for (int i = 0; i < quiesce.steps(); i++) {
            time.step(quiesce.stepMs());
        }
        services.quiesce(at);
        connections.quiesce();
    }
}
