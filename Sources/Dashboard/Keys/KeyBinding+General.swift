internal import CellCanvas

/// Keys that mean the same on every page.
extension KeyBinding {
  static let general: [KeyBinding] = [
    KeyBinding("quit", ["q", .control("c")], "quit", in: .general, hint: "quit") { state, _ in state.quit() },
    KeyBinding("toggle-help", ["?", .function(1)], "show or hide this help", in: .general, hint: "help") {
      state, _ in
      state.toggleHelp()
    },
    KeyBinding(
      "close", [.escape], "close what is open: help, the crosshair, a maximised panel, a zoom, a page",
      in: .general
    ) { state, _ in
      state.close()
    },
    KeyBinding("scroll-down", [.down, "j"], "scroll help or the focused list down", in: .general) {
      state, _ in
      state.scroll(by: 1)
    },
    KeyBinding("scroll-up", [.up, "k"], "scroll help or the focused list up", in: .general) { state, _ in
      state.scroll(by: -1)
    },
    KeyBinding("copy-frame", ["y"], "copy this screen to the clipboard, as text", in: .general) { state, _ in
      state.requests.append(.copyFrame)
    },
    KeyBinding("save-frame", ["Y"], "write this screen into a file here, as an SVG picture", in: .general) {
      state, _ in state.requests.append(.saveFrame)
    },
  ]

  static let pages: [KeyBinding] = Page.allCases.map { page in
    KeyBinding(name(showing: page), [page.key], "show the \(page.title)", in: .pages, hint: page.title) {
      state, _ in state.page = page
    }
  }
}
