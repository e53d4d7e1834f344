package org.equirepro.evaluation.finetune;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.equirepro.base.ResultRow;
import org.equirepro.training.Loss;
import org.equirepro.vision.load.SampleSource;

/**
 * What an encoder is fine-tuned for: samples, a head with its loss, and a test. It is made from a {@link FineTuneSession}, whose
 * network it puts its head on.
 *
 * @param <S> a sample: a picture, decoded and augmented, with its target
 */
public interface DenseTask<S> {

    /** Samples for training; several threads make them. */
    SampleSource<List<S>> samples();

    /**
     * The loss, float32: the mean over samples of what each costs, or ranks would not agree with one process. Gradients are
     * recorded; autocast is on where the recipe wants it.
     */
    Loss loss(DenseBatch<S> batch);

    /** How many samples are tested. */
    int tested();

    /**
     * Answers for the test samples from {@code from} up to, without, {@code to}; they depend on these samples and the network
     * alone. No gradients are recorded; autocast as in training.
     *
     * @return any number of lines, without line breaks: what {@link #results} and {@link #write} need to know
     */
    List<String> answers(int from, int to);

    /** The scores of all answers, which come in the order of the samples. */
    List<ResultRow> results(List<String> answers);

    /** Writes the predictions and the folder {@code pictures} into the folder of results. */
    void write(List<String> answers, Path folder) throws IOException;
}
