/* The camera and the drop zone of the verify page. Without script its forms work all the same. */
(function () {
    "use strict";
    const TOKEN = /^\/verify\/[A-Za-z0-9_-]{32}$/;
    const ZXING = "/web/static/lib/zxing-library/zxing-library.js";
    const PAUSE = 300;
    const find = (id) => document.getElementById(id);
    const video = find("camera");
    const start = find("scan");
    const end = find("scan-end");
    const drop = find("drop");
    const file = drop.querySelector("input");

    /** Show one sentence of those that stand beside it, or none. */
    function say(group, key) {
        for (const note of find(group).children) {
            note.hidden = note.id !== `note-${key}`;
        }
    }

    /** Return the page of a document here; a code that leads elsewhere has none. */
    function getPage(text) {
        try {
            const url = new URL(text);
            return url.origin === location.origin && TOKEN.test(url.pathname) && url.pathname;
        } catch {
            return false; // no address at all
        }
    }

    function load(address) {
        return new Promise((resolve, reject) => {
            const script = document.createElement("script");
            script.src = address;
            script.onload = resolve;
            script.onerror = reject;
            document.head.append(script);
        });
    }

    /** Return a function that reads the code in the picture: the browser's own, or ZXing's. */
    async function makeReader() {
        if ("BarcodeDetector" in window) {
            const formats = await window.BarcodeDetector.getSupportedFormats();
            if (formats.includes("qr_code")) {
                const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
                return async () => (await detector.detect(video))[0]?.rawValue;
            }
        }
        await load(ZXING);
        const reader = new window.ZXing.BrowserQRCodeReader();
        return async () => {
            try {
                return reader.decode(video).getText();
            } catch {
                return undefined; // no code in this picture
            }
        };
    }

    function stop() {
        video.srcObject?.getTracks().forEach((track) => track.stop());
        video.srcObject = null;
        video.hidden = end.hidden = true;
        start.hidden = start.disabled = false;
    }

    /** Look until a code leads to a document here, or the visitor ends it. */
    async function scan() {
        let stream;
        start.disabled = true;
        say("camera-state");
        try {
            stream = await navigator.mediaDevices.getUserMedia({
                video: { facingMode: "environment" },
            });
            video.srcObject = stream;
            video.hidden = end.hidden = false;
            start.hidden = true;
            await video.play();
            const read = await makeReader();
            say("camera-state", "looking");
            while (video.srcObject === stream) {
                const text = await read();
                const page = text && getPage(text);
                if (page) {
                    stop();
                    say("camera-state", "found");
                    location.assign(page);
                } else if (text) {
                    say("camera-state", "foreign");
                }
                await new Promise((resolve) => setTimeout(resolve, PAUSE));
            }
        } catch {
            // refused, no camera, no reader, no picture: it does not stay on for nothing
            const ended = stream && video.srcObject !== stream;
            if (!ended) {
                stop();
                say("camera-state", "camera");
            }
        }
    }

    /** Say at once what the server would refuse after the whole upload. */
    function isSmall() {
        const small = [...file.files].every((one) => one.size <= Number(file.dataset.limit));
        say("file-state", small ? "" : "large");
        if (!small) {
            file.value = "";
        }
        return small;
    }

    if (navigator.mediaDevices?.getUserMedia) {
        find("scanner").hidden = false;
        start.addEventListener("click", scan);
        end.addEventListener("click", () => {
            stop();
            say("camera-state");
            start.focus();
        });
    }
    file.addEventListener("change", isSmall);
    drop.addEventListener("dragover", (ev) => {
        ev.preventDefault();
        drop.classList.add("over");
    });
    drop.addEventListener("dragleave", () => drop.classList.remove("over"));
    drop.addEventListener("drop", (ev) => {
        ev.preventDefault();
        drop.classList.remove("over");
        file.files = ev.dataTransfer.files;
        if (file.files.length && isSmall()) {
            file.form.submit();
        }
    });
})();
