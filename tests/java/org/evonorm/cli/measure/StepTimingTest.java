package org.evonorm.cli.measure;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.evonorm.data.Batch;
import org.evonorm.engine.Engine;
import org.evonorm.engine.Model;
import org.evonorm.graph.Formula;
import org.evonorm.graph.Layer;
import org.evonorm.network.AnchorNetworks;
import org.evonorm.network.Network;
import org.junit.jupiter.api.Test;

class StepTimingTest {

    /** A step that no interrupt ends, as native code is, and what became of its model. */
    private static final class LongStep {

        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);
        private final AtomicBoolean running = new AtomicBoolean();
        private final AtomicBoolean closed = new AtomicBoolean();
        private final AtomicBoolean closedWhileRunning = new AtomicBoolean();

        Model model() {
            return (Model) Proxy.newProxyInstance(
                    Model.class.getClassLoader(), new Class<?>[] {Model.class}, (proxy, method, arguments) -> {
                        switch (method.getName()) {
                            case "lossAndGradient" -> {
                                step();
                                return 0.0;
                            }
                            case "close" -> {
                                closed.set(true);
                                closedWhileRunning.set(running.get());
                                return null;
                            }
                            default -> {
                                return null;
                            }
                        }
                    });
        }

        private void step() {
            running.set(true);
            begun.countDown();
            while (released.getCount() > 0) {
                try {
                    released.await();
                } catch (InterruptedException e) {
                    // Native code does not know of interrupts.
                }
            }
            running.set(false);
        }
    }

    @Test
    void anInterruptedTimingClosesItsModelsAfterTheirSteps() throws Exception {
        LongStep step = new LongStep();
        Engine engine = new Engine() {
            @Override
            public String name() {
                return "long";
            }

            @Override
            public Model build(Network network, Layer layer, int threads, long seed) {
                return step.model();
            }
        };
        Network network = AnchorNetworks.of("resnet50", AnchorNetworks.proxyScale("resnet50"), 10);
        AtomicReference<Throwable> end = new AtomicReference<>();
        Thread timing = new Thread(() -> {
            try {
                new StepTiming(engine, 1, 1)
                        .milliseconds(
                                network,
                                List.of(Formula.parse("x")),
                                new Batch(0, 1, 1, new float[0], new int[0]),
                                0,
                                1,
                                taken -> {});
            } catch (Exception e) {
                end.set(e);
            }
        });
        timing.start();
        step.begun.await();
        timing.interrupt();
        timing.join(300);
        assertTrue(timing.isAlive() && !step.closed.get(), "the model stays open while its step runs");
        step.released.countDown();
        timing.join();
        assertInstanceOf(InterruptedException.class, end.get());
        assertTrue(step.closed.get());
        assertFalse(step.closedWhileRunning.get());
    }
}
