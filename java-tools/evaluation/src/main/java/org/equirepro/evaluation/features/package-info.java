/**
 * Features of a frozen encoder: which there are, how they are computed, and the cache in which tasks that read the same encoder
 * and the same pictures share them.
 */
package org.equirepro.evaluation.features;
