// Part of every till's page. Odoo 19 takes an order for sent as soon as it is written down for the server (`record._dirty = false` in
// serialization.js): if the server is away then, no later sale sends it, and the register is closed without it, until the page is
// loaded again. Here such orders are asked for again, by every sale, when the register is closed, and every few seconds.
(() => {
  const seconds = 5;

  /** Orders that were paid and that the server doesn't have. */
  function pendingOrders(till) {
    return [...till.pendingOrder.create]
      .map((id) => till.models["pos.order"].get(id))
      .filter((order) => order?.finalized && typeof order.id !== "number");
  }

  function attend(till) {
    const { syncAllOrders, pushOrdersWithClosingPopup } = till;
    let isSending = false;

    till.syncAllOrders = async function (...options) {
      for (const order of pendingOrders(till)) order._dirty = true;
      isSending = true;
      try {
        return await syncAllOrders.apply(this, options);
      } finally {
        isSending = false;
      }
    };

    // Closing, what isn't sent has to be an error: Odoo then says so and leaves the register open.
    till.pushOrdersWithClosingPopup = async function (options = {}) {
      return await pushOrdersWithClosingPopup.call(this, { ...options, throw: true });
    };

    let seen = [];
    setInterval(async () => {
      const waiting = pendingOrders(till);
      // One that is new is most likely being sent.
      const isLate = waiting.some((order) => seen.includes(order.uuid));
      seen = waiting.map(({ uuid }) => uuid);
      if (!isLate || isSending) return;
      try {
        await till.syncAllOrders();
      } catch {
        // The server is away still; the next turn asks again.
      }
    }, seconds * 1000);
  }

  const looking = setInterval(() => {
    const till = window.posmodel;
    if (!till?.pendingOrder || !till.models?.["pos.order"]) return;
    clearInterval(looking);
    attend(till);
  }, 500);
})();
