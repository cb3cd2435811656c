/* DoseLedger in Orthanc Explorer: a "Dose" button on the page of a patient and of a study, and the panel it opens.
   Licence: AGPL-3.0-or-later. Orthanc Explorer brings jQuery and jQuery Mobile 1.1. */
(function () {
  'use strict';

  var PANEL = 'doseledger-panel';

  function closePanel() {
    $('#' + PANEL).remove();
  }

  function openPanel(content) {
    closePanel();
    var close = $('<button>').attr('type', 'button').attr('data-role', 'none').attr('id', 'doseledger-close')
      .text('Close').css({ margin: '8px', padding: '6px 14px' }).click(closePanel);
    $('<div>').attr('id', PANEL).attr('role', 'dialog').attr('aria-label', 'Radiation dose')
      .css({ position: 'fixed', top: 0, right: 0, bottom: 0, width: '62%', 'min-width': 'min(100%, 440px)', zIndex: 10000,
             background: '#fff', color: '#222', boxShadow: '-2px 0 12px rgba(0,0,0,.4)', overflow: 'auto',
             textShadow: 'none' })
      .append(close).append(content).appendTo('body');
    close.focus();
  }

  function frame(url) {
    return $('<iframe>').attr('src', url).attr('title', 'Radiation dose')
      .attr('referrerpolicy', 'no-referrer')
      .css({ display: 'block', border: 0, width: '100%', height: 'calc(100% - 50px)' });
  }

  function message(text) {
    return $('<p>').attr('role', 'alert').css('margin', '12px').text(text);
  }

  function launch(level) {
    $.ajax({
      type: 'POST',
      url: '../dose/launch',
      contentType: 'application/json',
      data: JSON.stringify({ level: level, orthanc_id: $.mobile.pageData.uuid }),
      dataType: 'json',
      success: function (handle) { openPanel(frame(handle.url)); },
      error: function (answer) {
        var text = 'The dose view cannot be opened.';
        try { text = JSON.parse(answer.responseText).detail || text; } catch (ignored) { /* no JSON: keep ours */ }
        openPanel(message(text));
      }
    });
  }

  function addButton(level) {
    var id = 'doseledger-button-' + level;
    $('#' + level).live('pagebeforeshow', function () {
      closePanel();
      $('#' + id).remove();
      $.getJSON('../dose/whoami', function (who) {
        if (!who.may_launch || $('#' + id).length) { return; }
        $('<a>').attr('id', id).attr('href', '#').attr('data-role', 'button').attr('data-icon', 'info')
          .attr('data-theme', 'e').text('Dose')
          .click(function (event) { event.preventDefault(); launch(level); })
          .insertAfter($('#' + level + '-info'))
          .buttonMarkup();
      });
    });
    $('#' + level).live('pagehide', closePanel);
  }

  addButton('patient');
  addButton('study');
})();
