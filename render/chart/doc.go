// Package chart draws the charts of a report from the lines in which they stand in report.md.
//
// In the Markdown a chart is fenced code with the info string "chart KIND": a title, then one line for each thing that is
// drawn, its figures first and its name last, so that it reads well without being drawn too:
//
//	```chart bars
//	Sources with the most records
//	 39  209.67.78.202
//	 12  machine2.example.com
//	```
//
// Those lines are the only source of the drawing and the words of the report; what is drawn beside them (axes, legends)
// adds nothing. Parse reads them, Draw makes a Drawing: a few kinds of shapes in points, coloured by roles. SVG writes it for
// a page; package pdf draws it with vectors.
//
// To add a kind: a type with its lines, its parser and its drawing in a file of its own, and a line in kinds. No drawing
// rests on colour alone, and every label is measured before it is placed.
package chart
