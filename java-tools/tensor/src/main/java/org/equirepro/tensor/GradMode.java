package org.equirepro.tensor;

import ai.djl.pytorch.jni.JniUtils;

/** Records gradients on the calling thread until closed; what held before holds again then. A new thread begins with recording on. */
public final class GradMode implements AutoCloseable {

    private final boolean before = JniUtils.isGradMode();

    private GradMode(boolean on) {
        JniUtils.setGradMode(on);
    }

    public static GradMode on() {
        return new GradMode(true);
    }

    public static GradMode off() {
        return new GradMode(false);
    }

    @Override
    public void close() {
        JniUtils.setGradMode(before);
    }
}
