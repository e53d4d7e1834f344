package org.equirepro.vision.load;

import java.util.Arrays;
import java.util.List;
import org.equirepro.base.UserError;

/**
 * Where a {@link Loader} has its samples from. What is drawn for a sample depends on (seed, epoch, member) only. Any thread may ask.
 *
 * @param <R> what holds the samples of a batch
 */
public interface SampleSource<R> {

    /** What the members are, for errors. */
    String name();

    /** Members of an epoch. */
    int size();

    /** Makes room for the samples of a batch; it is filled again and again. */
    R room(int batch);

    /** The first samples of a room, which stays theirs. */
    R first(R room, int count);

    /** What one thread makes samples with. */
    Maker<R> maker();

    /** Makes one sample after the other. */
    @FunctionalInterface
    interface Maker<R> {

        /**
         * Makes the sample of a member.
         *
         * @param room overwritten at place {@code i}; other threads write to other places
         * @throws UserError (bad data) if its picture cannot be decoded
         */
        void make(long seed, int epoch, int member, R room, int i);
    }

    /** A sample as a value of its own. */
    @FunctionalInterface
    interface Each<S> {

        /** The sample of a member; errors as in {@link Maker#make}. */
        S sample(long seed, int epoch, int member);
    }

    /** A source whose batches are lists of values. */
    static <S> SampleSource<List<S>> of(String name, int size, Each<S> samples) {
        return new SampleSource<>() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public int size() {
                return size;
            }

            @Override
            @SuppressWarnings("unchecked") // only read as S
            public List<S> room(int batch) {
                return Arrays.asList((S[]) new Object[batch]);
            }

            @Override
            public List<S> first(List<S> room, int count) {
                return room.subList(0, count);
            }

            @Override
            public Maker<List<S>> maker() {
                return (seed, epoch, member, room, i) -> room.set(i, samples.sample(seed, epoch, member));
            }
        };
    }
}
