package io.evpl.rpc2.pcap;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Names capture files after the test class whose connections are in them. Registered through {@code META-INF/services}. */
public final class CaptureLabels implements BeforeAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) {
        PcapFolder.label(context.getRequiredTestClass().getSimpleName());
    }
}
