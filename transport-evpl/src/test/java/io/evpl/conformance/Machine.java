package io.evpl.conformance;

import java.util.ArrayList;
import java.util.List;

/** Runs one program on the stage and judges it with a model that follows. */
final class Machine {
    private final Stage stage;
    private final long beginMs;
    private final EventLog log;
    private final Model model;
    private final TimerRig timers;
    private final ServiceRig services;
    private final ConnectionRig connections;

    Machine(Stage stage, ConformanceTransport transport, Sabotage sabotage, long patienceMs) {
        this.stage = stage;
        beginMs = stage.nowMs();
        log = new EventLog(() -> stage.nowMs() - beginMs, patienceMs);
        model = new Model(transport.traits());
        timers = new TimerRig(stage, log, sabotage);
        services = new ServiceRig(stage, log, sabotage);
        connections = new ConnectionRig(stage, log, transport, sabotage);
    }

    EventLog log() {
        return log;
    }

    /** @return what is wrong, a line each; stops at the first window in which something is */
    List<String> run(Program program) {
        List<String> findings = new ArrayList<>();
        for (int at = 0; at < program.ops().size() && findings.isEmpty(); at++) {
            Op op = program.ops().get(at);
            model.apply(at, op);
            try {
                run(at, op);
                if (op instanceof Op.Quiesce) {
                    findings.addAll(Oracle.judge(model.owed(), log));
                }
            } catch (Exception | AssertionError e) {
                findings.add("operation " + at + " " + op + ": " + e);
                findings.addAll(Oracle.judge(model.owed(), log));
            }
        }
        if (findings.isEmpty()) {
            try {
                findings.addAll(stage.leftovers());
            } catch (Exception | AssertionError e) {
                findings.add("after the program: " + e);
            }
        } else {
            connections.abandon();
        }
        return findings;
    }

    private void run(int at, Op op) throws Exception {
        switch (op) {
            case Op.Advance advance -> stage.advance(advance.ms());
            case Op.Quiesce quiesce -> quiesce(at, quiesce);
            case Op.ArmTimer arm -> timers.arm(at, arm);
            case Op.RearmTimer rearm -> timers.rearm(at, rearm);
            case Op.RemoveTimer remove -> timers.remove(remove.slot());
            case Op.Defer defer -> services.defer(at, defer);
            case Op.Bell bell -> services.bell(at, bell);
            case Op.Source source -> services.source(at, source);
            case Op.Pin _ -> services.pin(at);
            case Op.Unpin _ -> services.unpin(at);
            case Op.Hooks hooks -> services.hooks(at, hooks.on());
            case Op.Listen _ -> connections.listen();
            case Op.StopListen _ -> connections.stopListen();
            case Op.ConnectRefused _ -> connections.connectRefused(at);
            case Op.Connect connect -> connections.connect(at, connect);
            case Op.Send send -> connections.send(at, send);
            case Op.Pause pause -> connections.read(pause.slot(), pause.side(), false);
            case Op.Resume resume -> connections.read(resume.slot(), resume.side(), true);
            case Op.Close close -> connections.close(close);
            case Op.Finish finish -> connections.finish(finish);
            case Op.HalfClose halfClose -> connections.halfClose(halfClose);
            case Op.Reset reset -> connections.reset(reset);
        }
    }

    /** The window runs to its end whatever is missing. */
    private void quiesce(int at, Op.Quiesce quiesce) throws Exception {
        services.quiesce(at);
        if (quiesce.isAwake()) {
            stage.advanceAwake(quiesce.steps(), quiesce.stepMs());
        } else {
            for (int i = 0; i < quiesce.steps(); i++) {
                stage.advance(quiesce.stepMs());
            }
        }
        stage.settle(1);
        services.endWindow(at);
        log.await(() -> Oracle.isDischarged(model.owed(), log));
        stage.settle(2); // what is not owed has its chance
    }
}
