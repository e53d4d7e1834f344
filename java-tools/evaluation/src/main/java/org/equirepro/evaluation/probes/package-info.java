/**
 * Probes on frozen encoders: small heads trained on features, and what they score on test pictures. Each has
 * {@code run(config, shards, encoder, out, options)} and writes result.csv, curves.csv, predictions.csv and settings.json.
 */
package org.equirepro.evaluation.probes;
