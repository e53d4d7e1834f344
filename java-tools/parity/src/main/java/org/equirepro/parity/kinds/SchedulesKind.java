package org.equirepro.parity.kinds;

import org.equirepro.base.Settings;
import org.equirepro.parity.Check;
import org.equirepro.parity.ParityKind;
import org.equirepro.parity.ReferenceCase;
import org.equirepro.tensor.optim.Schedules;
import org.equirepro.tensor.optim.Schedules.Schedule;

/** Schedules iteration by iteration: the section {@code params.<name>} makes the tensor {@code out.<name>}. */
public final class SchedulesKind implements ParityKind {

    /** The published VICReg code warms up for this many epochs, whatever the settings. */
    private static final int VICREG_WARMUP_EPOCHS = 10;

    @Override
    public void check(ReferenceCase reference, Check check) {
        double rtol = reference.tolerance().real("rtol", 0);
        double atol = reference.tolerance().real("atol", 0);
        for (String name : reference.params().keys()) {
            Schedule schedule = schedule(reference.params().at(name));
            double[] expected = reference.tensors().doubles("out." + name);
            double[] actual = new double[expected.length];
            for (int i = 0; i < actual.length; i++) {
                actual[i] = schedule.at(i);
            }
            check.close("out." + name, actual, expected, rtol, atol);
        }
    }

    private static Schedule schedule(Settings params) {
        if (params.has("base_value")) {
            return Schedules.cosineOfEpochs(params.real("base_value"), params.real("final_value"), params.integer("epochs"),
                    params.integer("niter_per_ep"), params.integer("warmup_epochs", 0), params.real("start_warmup_value", 0));
        }
        if (params.has("base_lr")) {
            long perEpoch = params.integer("iters");
            return Schedules.vicreg(params.real("base_lr"), params.integer("epochs") * perEpoch,
                    params.integer("warmup_epochs", VICREG_WARMUP_EPOCHS) * perEpoch);
        }
        return Schedules.constant(params.real("value"));
    }
}
