package io.evpl.examples.doctor;

import io.evpl.Evpl;
import io.evpl.examples.CommandFailure;
import io.evpl.linux.uring.RingFeatures.Feature;
import io.evpl.linux.uring.RingFeatures;

import java.util.List;

/**
 * What the transport says of itself.
 * @param usable     some backend works
 * @param ringUsable io_uring does
 * @param summary    one line: the chosen backend, and why not the others
 */
record Transport(boolean usable, boolean ringUsable, String summary, List<Section> sections) {

    /** Asks the transport on the class path. If it does not even load, that is a finding, and the report goes on. */
    static Transport probe() {
        try {
            RingFeatures ring = RingFeatures.probe();
            List<Finding> backends = Evpl.backends().stream()
                    .map(b -> backend(b.name(), b.usable(), b.chosen(), b.cause(), Evpl.isAvailable())).toList();
            return new Transport(Evpl.isAvailable(), ring.available(), Evpl.describe(),
                    List.of(new Section("Backends", backends), features(ring.cause(), ring.list())));
        } catch (LinkageError | RuntimeException e) {
            return broken(e);
        }
    }

    static Transport broken(Throwable failure) {
        Throwable root = CommandFailure.rootOf(failure);
        String message = String.valueOf(root.getMessage());
        boolean badSetting = root instanceof IllegalArgumentException && message.startsWith("-D");
        String text = badSetting ? message : "the transport does not start: " + root;
        Finding finding = Finding.fail("transport", text,
                badSetting ? "correct or remove this setting" : "./evpl echo --stacktrace shows where");
        return new Transport(false, false, text, List.of(new Section("Backends", List.of(finding))));
    }

    /** @param anyUsable whether another backend serves where this one does not */
    static Finding backend(String name, boolean usable, boolean chosen, String cause, boolean anyUsable) {
        if (chosen) {
            return Finding.ok(name, "chosen");
        }
        if (usable) {
            return Finding.ok(name, "works, not chosen" + (cause == null ? "" : ": " + cause));
        }
        String text = "refused: " + (cause == null ? "no reason given" : cause);
        return anyUsable ? Finding.warn(name, text, "") : Finding.fail(name, text, "");
    }

    /** @param ringCause why there is no io_uring at all, null if there is */
    static Section features(String ringCause, List<Feature> features) {
        List<Finding> findings = ringCause == null ? features.stream().map(Transport::feature).toList()
                : List.of(Finding.info("all", "cannot be probed while io_uring is refused"));
        return new Section("io_uring features", findings);
    }

    static Finding feature(Feature feature) {
        String about = "Linux " + feature.sinceKernel() + ": " + feature.purpose();
        String property = "-Dio.evpl.uring." + feature.key() + "=false";
        if (!feature.supported()) {
            return Finding.warn(feature.key(), "no; " + about, "run Linux " + feature.sinceKernel() + " or newer");
        }
        if (feature.enabled()) {
            return Finding.ok(feature.key(), about);
        }
        String cause = feature.cause() == null ? "off" : feature.cause();
        return Finding.warn(feature.key(), cause + "; " + about, cause.contains(property) ? "remove " + property : "");
    }
}
