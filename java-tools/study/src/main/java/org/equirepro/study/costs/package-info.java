/** What trainings and studies need in arithmetic, memory, time and disk, worked out from their settings alone. */
package org.equirepro.study.costs;
