/** Charts as SVG, without a library. */
package org.mptcp4j.lab.chart;
